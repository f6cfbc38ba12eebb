using System.Diagnostics.Metrics;
using Bookinfo.ServiceDefaults.Telemetry;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Says on <c>/metrics</c> which faults the service has. A fault appears there when it is first set, and stays.</summary>
internal sealed class FaultMetrics
{
    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    /// <param name="board">The faults.</param>
    public FaultMetrics(IMeterFactory meters, FaultBoard board)
    {
        var meter = meters.Create(TelemetrySetup.FaultsMeter);
        meter.CreateObservableGauge(
            "bookinfo.fault.active",
            () => board.Counts.Select(static fault => new Measurement<long>(fault.Value.Active, LabelOf(fault.Key))),
            "{rule}", "Rules that are active now.");
        meter.CreateObservableCounter(
            "bookinfo.fault.injected",
            () => board.Counts.Select(static fault => new Measurement<long>(fault.Value.Injected, LabelOf(fault.Key))),
            "{injection}", "Requests, spans, log lines and scrapes that faults were injected into, and beginnings of other faults.");
    }

    private static KeyValuePair<string, object?> LabelOf(string fault) => new("fault", fault);
}
