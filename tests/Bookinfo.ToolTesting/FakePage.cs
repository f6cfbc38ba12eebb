using System.Net.Sockets;

namespace Bookinfo.ToolTesting;

/// <summary>As much of Bookinfo's page as the usual mix of requests needs.</summary>
public static class FakePage
{
    private const string Html = "<html><link href=\"/static/page.css\"></html>";

    /// <summary>A script for <see cref="LoadServer"/>: the page with a style sheet, and a session for whoever signs in.</summary>
    /// <param name="number">The number of the request.</param>
    /// <param name="stream">The connection.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>That the connection is kept.</returns>
    public static async Task<bool> AnswerAsync(int number, NetworkStream stream, CancellationToken cancellationToken)
    {
        // One answer for all: a page that sets a session is both the page and the answer to whoever signs in.
        await LoadServer.SendAsync(
            stream, LoadServer.Ok(Html, "Content-Type: text/html\r\nSet-Cookie: session=s; Path=/\r\n"), cancellationToken);
        return true;
    }
}
