namespace Bookinfo.Cli.Baseline;

/// <summary>What was asked of a baseline.</summary>
/// <param name="Target">The address that was measured.</param>
/// <param name="Subject">How the services were found: <c>local</c>, <c>cluster</c>, or <c>url</c>, of which only the latency is known.</param>
/// <param name="Generator">Where the requests came from: <c>local</c> or <c>cluster</c>.</param>
/// <param name="Workers">How many generators there were.</param>
/// <param name="Rates">The rates, in requests a second, ascending.</param>
/// <param name="Rounds">How many rounds. In each, every rate is measured once.</param>
/// <param name="StepSeconds">How long each step takes.</param>
/// <param name="WarmUpSeconds">How long the highest rate was sent before the first round.</param>
/// <param name="Connections">How many connections there are at most, of all generators.</param>
/// <param name="TimeoutSeconds">How long a request may take.</param>
/// <param name="Seed">What the order of the steps comes from.</param>
internal sealed record BaselineSettings(
    string Target,
    string Subject,
    string Generator,
    int Workers,
    IReadOnlyList<double> Rates,
    int Rounds,
    double StepSeconds,
    double WarmUpSeconds,
    int Connections,
    double TimeoutSeconds,
    ulong Seed);
