using Bookinfo.ServiceDefaults.Answers;
using RazorSlices;

namespace Bookinfo.ProductPage;

/// <summary>
/// A page that is rendered before its answer begins, so that the answer has a <c>Content-Length</c> and its <c>Server-Timing</c> covers the
/// rendering.
/// </summary>
/// <param name="slice">The page.</param>
public sealed class PageAnswer(RazorSlice slice) : IResult
{
    /// <summary>Room for the product page as it is, in bytes.</summary>
    private const int SizeOfPage = 10 * 1024;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var page = slice;
        using var buffer = new BorrowedBuffer(SizeOfPage);
        await page.RenderAsync(buffer, cancellationToken: httpContext.RequestAborted);
        var response = httpContext.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = buffer.Written.Length;
        await response.BodyWriter.WriteAsync(buffer.Written, httpContext.RequestAborted);
    }
}
