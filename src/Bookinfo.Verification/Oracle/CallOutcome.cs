using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>How a try of a call ends for the caller.</summary>
/// <param name="Status">The status that it counts; empty when there was none.</param>
/// <param name="ErrorType">The error that it counts; empty when there was none.</param>
public sealed record CallOutcome(string Status, string ErrorType)
{
    private const string CancelledError = "cancelled";

    /// <summary>No answer came in time.</summary>
    public static CallOutcome TimedOut { get; } = new("", "timeout");

    /// <summary>Nobody listens there.</summary>
    public static CallOutcome Refused { get; } = new("", "connection_error");

    /// <summary>It failed, and whoever looks from outside cannot know how.</summary>
    public static CallOutcome SomeFailure { get; } = new(KeyPattern.Any, KeyPattern.Failed);

    /// <summary>Whoever looks from outside cannot know how it ended.</summary>
    public static CallOutcome Unknown { get; } = new(KeyPattern.Any, KeyPattern.Any);

    /// <summary>The error that the caller logs: of a whole answer that is neither a 200 nor an error to HTTP, its status.</summary>
    public string LoggedError => ErrorType.Length > 0 || Status is "" or "200" ? ErrorType : Status;

    /// <summary>Whether the caller was left before the try ended.</summary>
    public bool IsCancelled => ErrorType == CancelledError;

    /// <summary>Whether what the caller counts can be told.</summary>
    public bool IsKnown => Status != KeyPattern.Any;

    /// <summary>The status that the caller works on with; none when the answer was not whole.</summary>
    public int? StatusCode => IsKnown && Status.Length > 0 && (ErrorType.Length == 0 || ErrorType == Status)
        ? int.Parse(Status, CultureInfo.InvariantCulture)
        : null;

    /// <summary>The caller is left by whoever was to get the answer, of which the head may have come.</summary>
    /// <param name="status">The status in the head; empty when it has not come.</param>
    public static CallOutcome Cancelled(string status = "") => new(status, CancelledError);

    /// <summary>A whole answer.</summary>
    /// <param name="status">Its status.</param>
    public static CallOutcome Answered(int status) => new(Text(status), status >= 400 ? Text(status) : "");

    /// <summary>
    /// Whether it is the backend that has failed: not when there is not what the visitor asked for, and not when he has left.
    /// </summary>
    /// <param name="idOfVisitor">Whether the visitor chose the id that the call names.</param>
    public bool IsFailureOfBackend(bool idOfVisitor) =>
        LoggedError.Length > 0 && !IsCancelled && !(idOfVisitor && Status is ("400" or "404" or "414"));

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What comes between a try of a call and its answer.</summary>
/// <param name="Outcome">How the try ends, unless the caller gives up before.</param>
public sealed record TryTrouble(CallOutcome Outcome)
{
    /// <summary>Whether the service that is called serves the request all the same.</summary>
    public bool IsServed { get; init; }

    /// <summary>Whether whoever looks from outside cannot know if the service that is called has served the request.</summary>
    public bool MayBeServed { get; init; }

    /// <summary>Whether the try lasts for as long as the caller waits.</summary>
    public bool Hangs { get; init; }

    /// <summary>
    /// Whether the caller's HTTP client may repeat the request: on a connection that was idle, because a server that closes one has not
    /// seen it (RFC 9112 section 9.3.1).
    /// </summary>
    public bool MayBeRepeated { get; init; }
}
