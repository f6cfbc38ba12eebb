using Bookinfo.ServiceDefaults.Configuration;
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

    private readonly Lock _beginning = new();
    private ILogger? _logger;
    private SeldomReport? _report;
    private SeldomReport? _queueReport;
    private int _failed;
    private long _undelivered;
    private long _dropped;
    private volatile string _reason = "";

    /// <summary>Whether the last line said that it fails.</summary>
    private volatile bool _isFailing;

    /// <summary>The signal.</summary>
    public string Signal => signal;

    /// <summary>How many requests failed.</summary>
    public long Failures => Volatile.Read(ref _failed);

    /// <summary>How many records were in requests that failed, or were rejected out of one.</summary>
    public long Undelivered => Interlocked.Read(ref _undelivered);

    /// <summary>How many records found the queue full, and so never were in a request.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Begins to write to the log, which the exporters are a part of, and so are made before it.</summary>
    /// <param name="logger">The log.</param>
    public void WriteTo(ILogger logger, TimeProvider time)
    {
        lock (_beginning)
        {
            _logger = logger;
            _report = new SeldomReport(time, TellFailures);
            _queueReport = new SeldomReport(time, dropped => LogEvents.TelemetryDropped(logger, signal, dropped));
            if (_failed > 0)
            {
                _report.Add(_failed);
            }
        }
    }

    /// <summary>Says that a request failed.</summary>
    /// <param name="reason">
    /// Why, as the collector or the connection has it. That of a connection may name a proxy with its password.
    /// </param>
    /// <param name="records">How many records were lost with it.</param>
    public void Fail(string reason, long records)
    {
        Interlocked.Add(ref _undelivered, records);
        _reason = PrintableText.Clean(AddressSecrets.HidePassword(reason), LongestReason);
        lock (_beginning)
        {
            _failed++;
            _report?.Add();
        }
    }

    /// <summary>Says that a record found the queue full.</summary>
    /// <param name="records">How many did.</param>
    public void Drop(int records)
    {
        Interlocked.Add(ref _dropped, records);
        _queueReport?.Add(records);
    }

    /// <summary>Says that one arrived.</summary>
    public void Succeed()
    {
        if (_isFailing)
        {
            _isFailing = false;
            var untold = _report!.Take();
            LogEvents.TelemetryExportWorks(_logger!, signal, untold);
        }
    }

    /// <summary>Tells of failures that were not told yet, because the service stops.</summary>
    public void TellRest()
    {
        _report?.TellRest();
        _queueReport?.TellRest();
    }

    private void TellFailures(int failures)
    {
        LogEvents.TelemetryExportFailed(_logger!, signal, failures, _reason);
        _isFailing = true;
    }
}
