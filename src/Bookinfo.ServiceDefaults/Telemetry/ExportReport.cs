using Bookinfo.ServiceDefaults.Logging;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Tells whether what is exported of a signal arrives: a wrong port, protocol or token would otherwise show by nothing but missing
/// telemetry.
/// </summary>
/// <param name="signal">The signal, in small letters.</param>
internal sealed class ExportReport(string signal)
{
    private const int LongestReason = 256;

    private ILogger? _logger;
    private Seldom? _telling;
    private long _failed;
    private long _told;

    /// <summary>Whether the last line said that it fails.</summary>
    private volatile bool _isFailing;

    /// <summary>The signal.</summary>
    public string Signal => signal;

    /// <summary>How many requests failed.</summary>
    public long Failures => Interlocked.Read(ref _failed);

    /// <summary>Begins to write to the log, which the exporters are a part of, and so are made before it.</summary>
    /// <param name="logger">The log.</param>
    public void WriteTo(ILogger logger, TimeProvider time) => (_telling, _logger) = (new Seldom(time), logger);

    /// <summary>Says that a request failed.</summary>
    /// <param name="reason">Why, as the collector or the connection has it.</param>
    public void Fail(string reason)
    {
        var failed = Interlocked.Increment(ref _failed);
        if (_logger is { } logger && _telling!.IsDue())
        {
            var failures = failed - Interlocked.Exchange(ref _told, failed);
            LogEvents.TelemetryExportFailed(logger, signal, failures, PrintableText.Clean(reason, LongestReason));
            _isFailing = true;
        }
    }

    /// <summary>Says that one arrived.</summary>
    public void Succeed()
    {
        if (_isFailing && _logger is { } logger)
        {
            _isFailing = false;
            LogEvents.TelemetryExportWorks(logger, signal);
        }
    }
}
