using Bookinfo.ServiceDefaults.Telemetry;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Does not export spans.</summary>
/// <param name="spans">What may lose them.</param>
internal sealed class SpanLossFault(SpanLoss spans) : Fault
{
    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        Func<bool> decide = rule.Chooses;
        spans.Add(decide);
        return new AtEnd(() => spans.Remove(decide));
    }
}
