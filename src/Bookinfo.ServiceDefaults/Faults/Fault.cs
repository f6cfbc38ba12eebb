using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>What a fault does. There is one object for each rule; <see cref="FaultTable"/> makes it.</summary>
internal abstract class Fault
{
    /// <summary>Whether the fault does something to requests.</summary>
    public virtual bool ConcernsRequests => false;

    /// <summary>Whether it does so now, while the rule is active.</summary>
    /// <param name="rule">The rule.</param>
    public virtual bool TouchesRequests(ActiveRule rule) => true;

    /// <summary>Whether the fault does something to scrapes of <c>/metrics</c>.</summary>
    public virtual bool ConcernsScrapes => false;

    /// <summary>Whether the readiness probe fails now, while the rule is active.</summary>
    /// <param name="rule">The rule.</param>
    public virtual bool FailsReadiness(ActiveRule rule) => false;

    /// <summary>Whether the liveness probe fails now, while the rule is active.</summary>
    /// <param name="rule">The rule.</param>
    public virtual bool FailsLiveness(ActiveRule rule) => false;

    /// <summary>Whether <c>/health</c> of the wire contract fails now, while the rule is active.</summary>
    /// <param name="rule">The rule.</param>
    public virtual bool FailsHealth(ActiveRule rule) => false;

    /// <summary>Begins, when the rule becomes active.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>What ends it when disposed of; <see langword="null"/> when there is nothing to end.</returns>
    public virtual IDisposable? Begin(ActiveRule rule) => null;

    /// <summary>Handles a request, or a scrape, that the rule has chosen.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The further rules and the endpoint.</param>
    /// <param name="rule">The rule.</param>
    public virtual Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule) => next(context);

    /// <summary>An object that does something once when it is disposed of.</summary>
    /// <param name="end">What it does.</param>
    protected sealed class AtEnd(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
