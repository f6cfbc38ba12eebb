using Bookinfo.Contracts;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>The events that the services write to the log, with their messages.</summary>
/// <remarks>
/// All are in one class because the source generator of .NET 10 emits classes in an order that changes from build to build
/// (dotnet/runtime#119587), and the same sources have to produce the same executable.
/// </remarks>
internal static partial class LogEvents
{
    /// <summary>The service listens.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = nameof(LogMessages.ServiceStarted),
        Message = LogMessages.ServiceStarted)]
    public static partial void ServiceStarted(ILogger logger, string addresses, double startup_ms);

    /// <summary>The service was told to stop.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "ServiceDraining",
        Message = "Told to stop: no longer ready, still serving for {drain_seconds} s")]
    public static partial void ServiceDraining(ILogger logger, double drain_seconds);

    /// <summary>The service has stopped.</summary>
    [LoggerMessage(Level = LogLevel.Information, EventName = "ServiceStopped", Message = "Stopped")]
    public static partial void ServiceStopped(ILogger logger);

    /// <summary>A try of a call to a backend failed.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "BackendCallFailed",
        Message = "A call to {peer} failed: {path}, status {status}, {error_type}, after {duration_ms} ms, try {try}")]
    public static partial void BackendCallFailed(
        ILogger logger, string peer, string path, int? status, string error_type, double duration_ms, int @try);

    /// <summary>A backend answered 200 with a body other than what was asked for.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "BackendAnswerUnusable",
        Message = "A call to {peer} was answered with 200, but the body cannot be used: {path}")]
    public static partial void BackendAnswerUnusable(ILogger logger, string peer, string path);

    /// <summary>The server rejected input before it became a request.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "RequestRejected",
        Message = "Answered {status} to input that is not HTTP or exceeds the limits, from {client_address}")]
    public static partial void RequestRejected(ILogger logger, int status, string? client_address);

    /// <summary>There were more connections than the limit on open files allows.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "ConnectionsRefused",
        Message = "Closed {connections} connections immediately: {limit} were open, as many as the limit on open files allows. "
            + "Raise it (ulimit -n)")]
    public static partial void ConnectionsRefused(ILogger logger, int connections, int limit);

    /// <summary>There were more requests at once than the limit allows.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "RequestsRefused",
        Message = "Answered {requests} requests with 503 since this was last reported: {limit} were being answered, the limit of "
            + "MAX_CONCURRENT_REQUESTS")]
    public static partial void RequestsRefused(ILogger logger, int requests, int limit);

    /// <summary>An OTLP export failed.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = nameof(LogMessages.TelemetryExportFailed),
        Message = LogMessages.TelemetryExportFailed)]
    public static partial void TelemetryExportFailed(ILogger logger, string signal, int failures, string reason);

    /// <summary>Settings say what to send by OTLP or how, but none says where.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "TelemetryNotSent",
        Message = "No effect, because no endpoint is set to send to: {settings}. Set OTEL_EXPORTER_OTLP_ENDPOINT")]
    public static partial void TelemetryNotSent(ILogger logger, string settings);

    /// <summary>An OTLP export succeeded after failures.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = nameof(LogMessages.TelemetryExportWorks),
        Message = LogMessages.TelemetryExportWorks)]
    public static partial void TelemetryExportWorks(ILogger logger, string signal, int failures);

    /// <summary>Spans or log records came faster than they could be sent.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = nameof(LogMessages.TelemetryDropped),
        Message = LogMessages.TelemetryDropped)]
    public static partial void TelemetryDropped(ILogger logger, string signal, int dropped);

    /// <summary>A rule became active.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "FaultBegan",
        Message = "From now on a fault is injected: {fault} (rule {rule} of {set}, set by {source})")]
    public static partial void FaultBegan(ILogger logger, string fault, string rule, string set, string source);

    /// <summary>A rule is active no longer.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "FaultEnded",
        Message = "A fault is no longer injected: {fault} (rule {rule} of {set}); it was injected {injected} times")]
    public static partial void FaultEnded(ILogger logger, string fault, string rule, string set, long injected);

    /// <summary>Nobody renewed the time to live of rules.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "FaultsExpired",
        Message = "The rules {set} are removed: whoever set them has not renewed their time to live")]
    public static partial void FaultsExpired(ILogger logger, string set);

    /// <summary>A fault could not begin.</summary>
    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "FaultFailed",
        Message = "A fault could not begin: {fault} (rule {rule} of {set}): {reason}")]
    public static partial void FaultFailed(ILogger logger, string fault, string rule, string set, string reason);

    /// <summary>The file with rules changed, and cannot be used.</summary>
    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "FaultsRefused",
        Message = "The faults in {file} are not allowed, and the rules before them stay: {reason}")]
    public static partial void FaultsRefused(ILogger logger, string file, string reason);

    /// <summary>The file with rules has one that no request to this service can match.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "FaultNeverMatches",
        Message = "A rule in {file} does nothing here, as no request to this service can match it: {reason}")]
    public static partial void FaultNeverMatches(ILogger logger, string file, string reason);

    /// <summary>The management port listens.</summary>
    [LoggerMessage(Level = LogLevel.Information, EventName = "ManagementStarted", Message = "Management listens on {address}")]
    public static partial void ManagementStarted(ILogger logger, string address);

    /// <summary>A bug: an exception that no code handled. The visitor got a 500.</summary>
    [LoggerMessage(Level = LogLevel.Error, EventName = "UnhandledException", Message = "A request failed because of a bug in the service")]
    public static partial void UnhandledException(ILogger logger, Exception exception);
}
