using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Lets the answer to a scrape be made whole before any of it is sent. The exporter writes while it keeps all other scrapes waiting, so that
/// one who asks and does not read would stop them all.
/// </summary>
internal static class ScrapeAnswer
{
    /// <summary>Middleware that keeps the answer until the exporter is done with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The exporter.</param>
    public static async Task MakeWhole(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var visitor = response.Body;
        using var whole = new MemoryStream();
        response.Body = whole;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = visitor;
        }

        if (whole.Length == 0)
        {
            // It failed, and the answer says so in the way of all errors.
            return;
        }

        response.ContentLength = whole.Length;
        await visitor.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length), context.RequestAborted);
    }
}
