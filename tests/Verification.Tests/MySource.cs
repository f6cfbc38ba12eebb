using System.Net.Http.Json;

namespace Bookinfo.Verification.Tests;

/// <summary>The example of docs/verify.md.</summary>
public sealed class MySource(Uri address) : ISource
{
    private readonly HttpClient _client = new() { BaseAddress = address };

    public string Signal => "metrics";

    // Before the run: wait for the state before it, or do nothing.
    public Task PrepareAsync(Action<string> say, CancellationToken cancellationToken) => Task.CompletedTask;

    // After it: ask until what is shown stands still, and compare with what must be.
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var rows = await _client.GetFromJsonAsync<Row[]>($"counts?from={run.Start:O}&to={run.End:O}", cancellationToken);
        var seen = rows!.ToDictionary(row => new ServedKey(row.Service, row.Version, row.Method, row.Route, row.Status), row => row.Count);
        var differences = CountComparison.Compare(run.Counts.Served, seen);
        List<Finding> findings =
        [
            .. LabelMistakes.Take(differences), // It takes out of the differences what it explains.
            .. differences.Select(difference =>
                new Finding(difference.Missing > 0 ? FindingKind.Missing : FindingKind.Surplus, "requests", difference.ToString())
                {
                    Missing = difference.Missing,
                    Surplus = difference.Surplus,
                }),
        ];
        var check = new CheckResult("requests")
        {
            Expected = run.Counts.Served.Total,
            Seen = seen.Values.Sum(),
            Findings = findings,
        };
        return new SignalResult(Signal, $"mine at {address}", [check]) { Method = "Requests were counted by the platform." };
    }

    public void Dispose() => _client.Dispose();

    private sealed record Row(string Service, string Version, string Method, string Route, string Status, long Count);
}
