using System.Globalization;
using System.Net;

namespace Bookinfo.Load;

/// <summary>
/// Tells whether the other side speaks TLS where plain http was spoken to it, or the reverse. It is only asked when something went wrong:
/// what a server says itself then is a closed connection, a 400, or bytes without meaning.
/// </summary>
public static class SchemeProbe
{
    private const int BadRequest = (int)HttpStatusCode.BadRequest;

    /// <summary>Servers that do not understand what they are asked may say nothing at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks where that may be why a run failed: nothing was answered, or plain http all with 400.</summary>
    /// <param name="target">The address that was tried.</param>
    /// <param name="total">What came of the run.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A sentence that names the address to try instead; <see langword="null"/> when that would be no better.</returns>
    public static async Task<string?> AskAsync(
        LoadTarget target, Recording total, TimeProvider time, CancellationToken cancellationToken) =>
        total.Sent > 0 && (total.Count(0) == total.Sent || (MayMean(target, BadRequest) && total.Count(BadRequest) == total.Sent))
            ? await AskAsync(target, time, cancellationToken)
            : null;

    /// <summary>Whether a status may mean that TLS should have been spoken. An answer that came over TLS means that TLS is right.</summary>
    /// <param name="target">The address that was tried.</param>
    /// <param name="status">The status.</param>
    public static bool MayMean(LoadTarget target, int status) => status == BadRequest && !target.IsTls;

    /// <summary>Asks the other way.</summary>
    /// <param name="target">The address that was tried.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A sentence that names the address to try instead; <see langword="null"/> when that would be no better.</returns>
    public static async Task<string?> AskAsync(LoadTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        var other = target.WithOtherScheme();
        using var connection = new HttpConnection(other, time);
        var request = new RequestTemplate(RequestKind.Setup, other.Host, "/", []);
        var answer = new HttpAnswer(AnswerModel.None);
        var error = await connection.RunAsync(
            deadline => other.IsTls
                ? connection.Open(deadline)
                : connection.Exchange(request.Write(default, new byte[request.Length]), answer, deadline),
            Patience,
            cancellationToken);
        // With 400 ports of TLS answer plain http.
        return error != ErrorKind.None || answer.Status == BadRequest ? null : string.Create(
            CultureInfo.InvariantCulture, $"It speaks {(other.IsTls ? "TLS" : "plain http")} there: try "
                + $"{other.Origin}{target.Uri.PathAndQuery.TrimEnd('/')}");
    }
}
