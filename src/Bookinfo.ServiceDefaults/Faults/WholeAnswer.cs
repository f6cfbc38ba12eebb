using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Lets a request be handled without sending any of the body, to do something else with the body.</summary>
internal static class WholeAnswer
{
    /// <summary>Handles a request and keeps the body of the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What handles it.</param>
    /// <returns>The body. Nothing has been sent yet, not even the head.</returns>
    public static async Task<ReadOnlyMemory<byte>> TakeAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var visitor = response.Body;
        using var whole = new MemoryStream();
        response.Body = whole;
        try
        {
            await next(context);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            response.Body = visitor;
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    /// <summary>Sends a body, if there is one: an error has none yet, because it is described further out.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">The body.</param>
    public static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.Length > 0)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
