using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>What may come of asking an API over HTTP and reading its answer, with nothing else in between.</summary>
internal static class ApiAnswer
{
    /// <summary>
    /// Whether there is no answer, or one that is something else. Nobody knows what comes of reading that, so any kind of exception may.
    /// </summary>
    /// <param name="exception">What came of it.</param>
    /// <param name="cancellationToken">What the caller cancels the operation with; all else is the end of a wait.</param>
    public static bool IsNone(Exception exception, CancellationToken cancellationToken) =>
        exception is not (OperationFailedException or OutOfMemoryException)
        && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>Says why, without a full stop. Exceptions of some kinds speak of this program, and not of the answer.</summary>
    /// <param name="exception">What came of it.</param>
    public static string Describe(Exception exception) => exception is HttpRequestException or JsonException or KeyNotFoundException
        or InvalidOperationException or OperationCanceledException or IOException
            ? HttpFailure.Describe(exception)
            : "a part of its answer is missing, or something else";
}
