using System.Diagnostics;
using OpenTelemetry;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Keeps spans from being exported: for faults. It stands before the exporters, which leave out what is not recorded.</summary>
internal sealed class SpanLoss : BaseProcessor<Activity>
{
    private volatile Func<bool>[] _loses = [];

    /// <summary>Lets somebody decide which spans are lost.</summary>
    /// <param name="loses">Is asked for each span that would be exported.</param>
    public void Add(Func<bool> loses) => _loses = [.. _loses, loses];

    /// <summary>Takes that back.</summary>
    /// <param name="loses">What was added.</param>
    public void Remove(Func<bool> loses) => _loses = [.. _loses.Where(other => other != loses)];

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        foreach (var loses in _loses)
        {
            if (data.Recorded && loses())
            {
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }
}
