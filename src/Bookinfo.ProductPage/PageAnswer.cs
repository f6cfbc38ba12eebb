using RazorSlices;

namespace Bookinfo.ProductPage;

/// <summary>
/// A page that is rendered before its answer begins, so that the answer has a <c>Content-Length</c> and its <c>Server-Timing</c> covers the rendering.
/// </summary>
/// <param name="slice">The page.</param>
public sealed class PageAnswer(RazorSlice slice) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var page = slice;
        using var buffer = new BufferPipeWriter();
        await page.RenderAsync(buffer, cancellationToken: httpContext.RequestAborted);
        var response = httpContext.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = buffer.Written.Length;
        await response.BodyWriter.WriteAsync(buffer.Written, httpContext.RequestAborted);
    }
}
