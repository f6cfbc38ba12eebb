using System.Globalization;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>How a try of a call ends for the caller.</summary>
/// <param name="Status">The status that it counts; empty when there was none.</param>
/// <param name="ErrorType">The error that it counts; empty when there was none.</param>
internal sealed record CallOutcome(string Status, string ErrorType)
{
    private const string CancelledError = "cancelled";

    public static CallOutcome TimedOut { get; } = new("", "timeout");

    public static CallOutcome Refused { get; } = new("", "connection_error");

    /// <summary>The caller is left by whoever was to get the answer, of which the head may have come.</summary>
    public static CallOutcome Cancelled(string status = "") => new(status, CancelledError);

    public static CallOutcome Answered(int status) => new(Text(status), status >= 400 ? Text(status) : "");

    public static CallOutcome Of(Fault fault) => fault.Kind switch
    {
        FaultKind.Answer or FaultKind.Replace => Answered(fault.Status!.Value),
        FaultKind.Hang => TimedOut,
        // The head has said 200 already.
        FaultKind.HangInBody => new("200", "timeout"),
        FaultKind.Close => new("", "response_ended"),
        FaultKind.CloseInBody => new("200", "response_ended"),
        FaultKind.NoHttp => new("", "invalid_response"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    /// <summary>Whether the caller was left before the try ended.</summary>
    public bool IsCancelled => ErrorType == CancelledError;

    /// <summary>The status that the caller works on with; none when the answer was not whole.</summary>
    public int? StatusCode =>
        Status.Length > 0 && (ErrorType.Length == 0 || ErrorType == Status) ? int.Parse(Status, CultureInfo.InvariantCulture) : null;

    /// <summary>
    /// Whether it is the backend that has failed: not when there is not what the visitor asked for, and not when he has left.
    /// </summary>
    /// <param name="idOfVisitor">Whether the visitor chose the id that the call names.</param>
    public bool IsFailureOfBackend(bool idOfVisitor) =>
        ErrorType.Length > 0 && !IsCancelled && !(idOfVisitor && Status is ("400" or "404" or "414"));

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
