namespace Bookinfo.Verification;

/// <summary>A request that a service must have served, and the calls that it must have made to answer it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Version">Its version.</param>
/// <param name="Method">The method, as whoever asked wrote it.</param>
/// <param name="Route">The route; empty for none.</param>
/// <param name="Status">The status that it counts.</param>
/// <param name="Calls">The calls, in the order in which they began.</param>
public sealed record ExpectedRequest(
    string Service, string Version, string Method, string Route, int Status, IReadOnlyList<ExpectedCall> Calls)
{
    /// <summary>The status that a request counts whose answer nobody waits for.</summary>
    public const int Left = 499;

    /// <summary>The names in its <c>Server-Timing</c>.</summary>
    public IEnumerable<string> Timings => CalledServices.Append("total");

    /// <summary>Whether it can be told from outside to the last detail, tries that nobody can see aside.</summary>
    public bool IsKnown => Version != CallGraph.AnyVersion
        && Calls.SelectMany(call => call.Tries).All(attempt => attempt.Outcome.IsKnown && attempt.Served is not { IsKnown: false });

    private IEnumerable<string> CalledServices =>
        Calls.SelectMany(call => (call.Tries[^1].Served?.CalledServices ?? []).Prepend(call.Service));

    /// <summary>Its spans in a line: who did what because of whom, what is below a span in the order of the names.</summary>
    public string ToSpans() => Span($"{Service} {Version} Server {Method} {Route}", Calls.SelectMany(call => call.Tries.Select(attempt =>
        Span($"{Service} {Version} Client GET /{call.Service}/{{id}}", attempt.Served is { } served ? [served.ToSpans()] : []))));

    private static string Span(string name, IEnumerable<string> children) =>
        children.Any() ? $"{name}({string.Join(", ", children.Order(StringComparer.Ordinal))})" : name;
}

/// <summary>A call, with all its tries.</summary>
/// <param name="Service">The service that is called.</param>
/// <param name="IdOfVisitor">Whether the visitor chose the id that it names.</param>
/// <param name="Tries">Its tries, at least one.</param>
public sealed record ExpectedCall(string Service, bool IdOfVisitor, IReadOnlyList<ExpectedTry> Tries)
{
    /// <summary>How it ended.</summary>
    public CallOutcome Outcome => Tries[^1].Outcome;

    /// <summary>
    /// How many failed tries may have gone before those that are known: an answer that is good at last does not show them.
    /// </summary>
    public int HiddenTries { get; init; }
}

/// <summary>A try of a call.</summary>
/// <param name="Outcome">How it ended for the caller.</param>
/// <param name="Served">What the backend made of it; <see langword="null"/> when the request never came there.</param>
public sealed record ExpectedTry(CallOutcome Outcome, ExpectedRequest? Served = null)
{
    /// <summary>Whether nobody can know from outside if it came to the backend.</summary>
    public bool MayBeServed { get; init; }
}
