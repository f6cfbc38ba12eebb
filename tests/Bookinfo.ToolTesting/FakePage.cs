using System.Net.Sockets;

namespace Bookinfo.ToolTesting;

/// <summary>As much of Bookinfo as the usual mix of requests needs.</summary>
public static class FakePage
{
    /// <summary>The headers of a page.</summary>
    public const string Headers = "Content-Type: text/html\r\n";

    /// <summary>A page with details, reviews of v1, and a style sheet.</summary>
    public const string Html = "<html><link href=\"/static/page.css\"><dd>200</dd><blockquote>Good</blockquote>"
        + "Reviews served by: <u>reviews-v1-abc</u></html>";

    private const string Json = """{"id":0,"ratings":{},"podname":"reviews-v1-abc","reviews":[]}""";

    /// <summary>A whole answer with the page.</summary>
    public static string Ok { get; } = LoadServer.Ok(Html, Headers);

    /// <summary>A script for <see cref="LoadServer"/>: page, style sheet and API, and a session for whoever signs in.</summary>
    /// <param name="number">The number of the request.</param>
    /// <param name="head">The head of the request.</param>
    /// <param name="stream">The connection.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>That the connection is kept.</returns>
    public static async Task<bool> AnswerAsync(int number, string head, NetworkStream stream, CancellationToken cancellationToken)
    {
        // A page that sets a session is both the page and the answer to whoever signs in.
        var answer = head.StartsWith("GET /api/", StringComparison.Ordinal)
            ? LoadServer.Ok(
                head.StartsWith("GET /api/v1/products ", StringComparison.Ordinal) ? $"[{Json}]" : Json,
                "Content-Type: application/json\r\n")
            : LoadServer.Ok(Html, $"{Headers}Set-Cookie: session=s; Path=/\r\n");
        await LoadServer.SendAsync(stream, answer, cancellationToken);
        return true;
    }
}
