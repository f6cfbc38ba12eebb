using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Gives a short JSON body to every error that has none: unknown paths, wrong methods, bodies that cannot be read, and our own mistakes.
/// </summary>
/// <param name="next">What handles the request.</param>
/// <param name="logger">Where our own mistakes are written.</param>
internal sealed class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            RequestBody.Guard(context);
            await (HttpNames.Method(context.Request.Method) == HttpNames.OtherMethod ? HandleOtherMethodAsync(context) : next(context));
        }
        catch (OperationCanceledException exception) when (
            exception is VisitorLeftException || context.RequestAborted.IsCancellationRequested)
        {
            // The visitor has left, so nobody would read an answer.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            return;
        }
        catch (BrokenOffException) when (!context.Response.HasStarted)
        {
            // A fault further out kept the part that was written.
            DisconnectFault.Drop(context);
            return;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            // The body turned out to be too large, too slow or malformed while it was read.
            context.Response.Clear();
            context.Response.StatusCode = exception.StatusCode;
            // It is not known where the next request would begin.
            context.Response.Headers.Connection = "close";
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            using (logger.BeginScope(RequestRecord.Of(context)))
            {
                LogEvents.UnhandledException(logger, exception);
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = context.Response;
        if (response.StatusCode >= 400 && !response.HasStarted && response.ContentLength is null && response.ContentType is null)
        {
            await JsonAnswer.Error(response.StatusCode).ExecuteAsync(context);
        }
    }

    /// <summary>
    /// Routing accepts <c>get</c> for <c>GET</c>, although case matters (RFC 9110 section 9.1). So routing never sees a method that HTTP
    /// does not define.
    /// </summary>
    private async Task HandleOtherMethodAsync(HttpContext context)
    {
        var method = context.Request.Method;
        context.Request.Method = HttpNames.OtherMethod;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = method;
        }
    }
}
