using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>A fault of the body of an answer. Answers without a body stay as they are.</summary>
internal abstract class BodyFault : Fault
{
    /// <inheritdoc/>
    public sealed override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public sealed override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        var body = await WholeAnswer.TakeAsync(context, next);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            await WholeAnswer.SendAsync(context, body);
        }
        else if (body.Length > 0)
        {
            await SendAsync(context, body, rule);
        }
    }

    /// <summary>Sends the body, or something else.</summary>
    /// <param name="context">The request. Its answer has the status and all headers.</param>
    /// <param name="body">The body, one byte at least.</param>
    /// <param name="rule">The rule.</param>
    protected abstract Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, ActiveRule rule);
}
