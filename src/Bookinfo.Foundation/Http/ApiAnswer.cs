using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>What may come of asking an API over HTTP and reading its answer, with nothing else in between.</summary>
public static class ApiAnswer
{
    /// <summary>
    /// Whether the answer is something else than it should be. Reading one does nothing else, and nobody knows what comes of reading
    /// something else, so any kind of exception may say so.
    /// </summary>
    /// <param name="exception">What came of reading it.</param>
    public static bool IsUnreadable(Exception exception) =>
        exception is not (OperationFailedException or OperationCanceledException or OutOfMemoryException);

    /// <summary>Whether nothing has answered in time, or with something else than it should be.</summary>
    /// <param name="exception">What came of asking.</param>
    /// <param name="cancellationToken">What the caller cancels the operation with; all else is the end of a wait.</param>
    public static bool IsMissing(Exception exception, CancellationToken cancellationToken) =>
        IsUnreadable(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Says why, without a full stop. Exceptions of some kinds speak of this program, and not of the answer.</summary>
    /// <param name="exception">What came of it.</param>
    public static string Describe(Exception exception) => exception is HttpRequestException or JsonException or KeyNotFoundException
        or FormatException or InvalidOperationException or OverflowException or OperationCanceledException or IOException
            ? HttpFailure.Describe(exception)
            : "a part of its answer is missing, or something else";
}
