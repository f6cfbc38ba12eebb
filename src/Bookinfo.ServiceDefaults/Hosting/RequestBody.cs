using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The one way to read the body of a visitor's request. Whatever is wrong with it is the visitor's fault: a 4xx, and no line in the log.
/// </summary>
public static class RequestBody
{
    /// <summary>
    /// Where Kestrel puts the <c>Content-Length</c> of a request that has a <c>Transfer-Encoding</c> too.
    /// </summary>
    private const string SetAsideLength = "X-Content-Length";

    /// <summary>Reads a body as bytes.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The bytes, at most <see cref="ServiceProgram.LargestRequestBody"/>.</returns>
    /// <exception cref="BadHttpRequestException">The body is malformed, too large, too slow, or ends early.</exception>
    /// <exception cref="OperationCanceledException">The visitor has left.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, CancellationToken.None);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>Reads a form.</summary>
    /// <param name="request">The request, whose content type is that of a form.</param>
    /// <returns>The form; <see langword="null"/> when the body is not one.</returns>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is not (BadHttpRequestException or VisitorLeftException))
        {
            // The platform throws a different exception for each kind of defect, and only because of what was sent.
            return null;
        }
    }

    /// <summary>Wraps the body of a request, so that everything wrong with it is reported as the visitor's fault.</summary>
    /// <param name="context">The request.</param>
    /// <exception cref="BadHttpRequestException">It is not certain where the body ends.</exception>
    internal static void Guard(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            return;
        }

        var request = context.Request;
        var end = context.Features.Get<ConnectionEnd>();
        var body = new GuardedBody(request.Body, request.ContentLength, end?.Input);
        request.Body = body;
        if (end is not null)
        {
            end.LastBody = body;
        }

        if (IsFramedBadly(request))
        {
            throw new BadHttpRequestException("The length of the body of the request is not certain.", StatusCodes.Status400BadRequest);
        }

        if (request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
        {
            // The body will not be read, whatever answers the request.
            DrainConnections.CloseAfter(context.Response);
        }
    }

    /// <summary>
    /// Whether two parties that read the request may disagree about where its body ends (RFC 9112 section 6.1): it has a length beside the
    /// chunks, chunks in a version that has none, or a transfer coding that is not known here. A header of a client's own by the name that
    /// Kestrel gives the length cannot be told from it, and is refused with chunks as well.
    /// </summary>
    private static bool IsFramedBadly(HttpRequest request) => request.Headers.TransferEncoding is { Count: > 0 } coding
        && (coding.Count > 1
            || !string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase)
            || request.Protocol != HttpProtocol.Http11
            || request.Headers.ContainsKey(SetAsideLength));
}
