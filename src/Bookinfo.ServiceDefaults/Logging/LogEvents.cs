using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>What is written to the log, by event.</summary>
/// <remarks>
/// All in one class: the generator of .NET 10 writes classes in an order that changes from build to build (dotnet/runtime#119587), and the
/// same sources are to make the same executable.
/// </remarks>
internal static partial class LogEvents
{
    /// <summary>The service listens.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "ServiceStarted",
        Message = "Listens on {addresses}, {startup_ms} ms after its process was started")]
    public static partial void ServiceStarted(ILogger logger, string addresses, double startup_ms);

    /// <summary>The service was told to stop.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "ServiceDraining",
        Message = "Told to stop: unready now, serving for another {drain_seconds} s")]
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

    /// <summary>A backend answered 200 with something else than what was asked for.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "BackendAnswerUnusable",
        Message = "A call to {peer} was answered 200 with a body that is of no use: {path}")]
    public static partial void BackendAnswerUnusable(ILogger logger, string peer, string path);

    /// <summary>The server turned away what never became a request.</summary>
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "RequestRejected",
        Message = "Answered {status} to what is no HTTP or over the limits, from {client_address}")]
    public static partial void RequestRejected(ILogger logger, int status, string? client_address);

    /// <summary>There were more visitors than the limit of open files allows.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "ConnectionsRefused",
        Message = "Closed {connections} connections at once: {limit} were open, all that the limit of open files allows. "
            + "Raise it (ulimit -n)")]
    public static partial void ConnectionsRefused(ILogger logger, int connections, int limit);

    /// <summary>What is exported by OTLP does not arrive.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "TelemetryExportFailed",
        Message = "Sending {signal} by OTLP failed {failures} times since this was last said: {reason}")]
    public static partial void TelemetryExportFailed(ILogger logger, string signal, long failures, string reason);

    /// <summary>Settings say what or how to send by OTLP, and none says where.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "TelemetryNotSent",
        Message = "Without effect, as no endpoint is set to send to: {settings}. Set OTEL_EXPORTER_OTLP_ENDPOINT")]
    public static partial void TelemetryNotSent(ILogger logger, string settings);

    /// <summary>It arrives again.</summary>
    [LoggerMessage(Level = LogLevel.Information, EventName = "TelemetryExportWorks", Message = "Sending {signal} by OTLP works again")]
    public static partial void TelemetryExportWorks(ILogger logger, string signal);

    /// <summary>A mistake of ours.</summary>
    [LoggerMessage(Level = LogLevel.Error, EventName = "UnhandledException", Message = "A request failed because of a mistake of ours")]
    public static partial void UnhandledException(ILogger logger, Exception exception);
}
