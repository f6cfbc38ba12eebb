using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// While a service drains, every answer is the last on its connection (<c>Connection: close</c>, RFC 9112 section 9.6): a client that keeps
/// connections open sends its next request elsewhere, instead of just when the server closes.
/// </summary>
/// <param name="next">What handles the request.</param>
/// <param name="readiness">Whether the service drains.</param>
internal sealed class DrainConnections(RequestDelegate next, Readiness readiness)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (readiness.Draining)
        {
            CloseAfter(context.Response);
        }

        return next(context);
    }

    /// <summary>Makes an answer the last on its connection.</summary>
    /// <param name="response">The answer, not yet started.</param>
    public static void CloseAfter(HttpResponse response) =>
        // At the last moment, because an error on the way clears headers that are set now.
        response.OnStarting(static response =>
        {
            ((HttpResponse)response).Headers.Connection = "close";
            return Task.CompletedTask;
        }, response);
}
