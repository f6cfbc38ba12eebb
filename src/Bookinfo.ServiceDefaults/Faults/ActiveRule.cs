using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>A rule that was set, with what it has done so far. Requests may use it from any thread.</summary>
/// <param name="rule">The rule.</param>
/// <param name="fault">What the fault does.</param>
/// <param name="count">Where what is done is counted for all rules of the fault.</param>
/// <param name="seed">What the random choices start from.</param>
/// <param name="condition">What a request must fulfill besides; <see langword="null"/> for nothing.</param>
internal sealed class ActiveRule(FaultRule rule, Fault fault, FaultCount count, int seed, Func<HttpContext, bool>? condition)
    : IDisposable
{
    private readonly Random _random = new(seed);
    private readonly Lock _drawing = new();
    private CancellationTokenSource? _active;
    private IDisposable? _running;
    private long _matched;
    private long _injected;

    /// <summary>The rule.</summary>
    public FaultRule Rule => rule;

    /// <summary>What the fault does.</summary>
    public Fault Fault => fault;

    /// <summary>Whether the rule is active.</summary>
    public bool IsActive => _active is not null;

    /// <summary>Is canceled when the rule ends: what it holds up goes on then.</summary>
    public CancellationToken Ended => _active?.Token ?? new CancellationToken(canceled: true);

    /// <summary>What it has done so far.</summary>
    public FaultRuleStatus Status => new(
        rule.Name, rule.Kind.Name, IsActive, Interlocked.Read(ref _matched), Interlocked.Read(ref _injected), seed, rule.Given);

    private bool IsOfProcess => rule.Kind.Scope == FaultScope.Process;

    /// <summary>Makes the rule active. Not to be called from several threads at once, as <see cref="End"/>.</summary>
    public void Begin()
    {
        _active = new CancellationTokenSource();
        count.Begin();
        if (IsOfProcess)
        {
            Interlocked.Increment(ref _matched);
        }

        try
        {
            _running = fault.Begin(this);
        }
        catch
        {
            End();
            throw;
        }

        if (IsOfProcess)
        {
            CountInjected();
        }
    }

    /// <summary>Makes the rule inactive, and lets go on what it held up.</summary>
    public void End()
    {
        // First, so that what goes on from here does not meet the rule once more.
        var active = _active;
        _active = null;
        _running?.Dispose();
        _running = null;
        count.End();
        // On other threads: what was held up goes on there, and may take as long as it likes.
        _ = active?.CancelAsync();
    }

    /// <summary>Ends it if it is active.</summary>
    public void Dispose()
    {
        if (IsActive)
        {
            End();
        }
    }

    /// <summary>Whether a request is one of those that the rule is about.</summary>
    /// <param name="context">The request, which has been routed.</param>
    /// <param name="user">Tells who is signed in.</param>
    public bool IsAbout(HttpContext context, EndUser user) =>
        (rule.Method is not { } method || method == context.Request.Method
            // HEAD is GET without the body (RFC 9110 section 9.3.2).
            || (HttpMethods.IsGet(method) && HttpMethods.IsHead(context.Request.Method)))
        && (rule.Route is not { } route || route == (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText)
        && (rule.Caller is not { } caller || caller == context.Request.Headers[CallerHeader.Name])
        && (rule.EndUser is not { } name || name == user(context.Request))
        && condition?.Invoke(context) != false;

    /// <summary>
    /// Counts one of what the rule is about, and decides whether it is done to this one. A fault of the process is about the process: every
    /// request meets it, and none is counted.
    /// </summary>
    public bool Chooses()
    {
        if (IsOfProcess)
        {
            return true;
        }

        var matched = Interlocked.Increment(ref _matched);
        var chosen = rule.Every > 0
            ? (matched - 1) % rule.Every >= rule.Every - rule.Burst
            : rule.Percentage >= 100 || (rule.Percentage > 0 && Draw() * 100 < rule.Percentage);
        if (chosen)
        {
            CountInjected();
        }

        return chosen;
    }

    /// <summary>Draws a number from 0 to less than 1.</summary>
    public double Draw()
    {
        lock (_drawing)
        {
            return _random.NextDouble();
        }
    }

    private void CountInjected()
    {
        Interlocked.Increment(ref _injected);
        count.Inject();
    }
}

/// <summary>Tells who is signed in.</summary>
/// <param name="request">The request.</param>
/// <returns>The name; <see langword="null"/> for a visitor who is not signed in.</returns>
public delegate string? EndUser(HttpRequest request);
