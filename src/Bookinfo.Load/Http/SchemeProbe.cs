using System.Globalization;

namespace Bookinfo.Load;

/// <summary>
/// Tells whether the other side speaks TLS where plain http was spoken to it, or the reverse. It is only asked when something went wrong: what a server says itself
/// then is a closed connection, a 400, or bytes without meaning.
/// </summary>
public static class SchemeProbe
{
    /// <summary>Servers that do not understand what they are asked may say nothing at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks the other way.</summary>
    /// <param name="target">The address that was tried.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A sentence that names the address to try instead; <see langword="null"/> when that would be no better.</returns>
    public static async Task<string?> AskAsync(LoadTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        var other = target.WithOtherScheme();
        using var connection = new HttpConnection(other, time);
        var request = new RequestTemplate(RequestKind.Setup, other.Host, "/", []);
        var error = await connection.RunAsync(
            deadline => other.IsTls ? connection.Open(deadline) : connection.Exchange(request.Write(default, new byte[request.Length]), new HttpAnswer(AnswerModel.None), deadline),
            Patience,
            cancellationToken);
        return error != ErrorKind.None ? null : string.Create(
            CultureInfo.InvariantCulture, $"It speaks {(other.IsTls ? "TLS" : "plain http")} there: try {other.Origin}{target.Uri.PathAndQuery.TrimEnd('/')}");
    }
}
