namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Fails the readiness probe and, if the rule says so, <c>/health</c> of the wire contract.</summary>
internal sealed class NotReadyFault : Fault
{
    /// <inheritdoc/>
    public override bool FailsReadiness(ActiveRule rule) => true;

    /// <inheritdoc/>
    public override bool FailsHealth(ActiveRule rule) => rule.Rule.Numbers["health"] > 0;
}

/// <summary>Fails the liveness probe.</summary>
internal sealed class NotLiveFault : Fault
{
    /// <inheritdoc/>
    public override bool FailsLiveness(ActiveRule rule) => true;
}
