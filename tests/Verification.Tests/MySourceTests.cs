using System.Text.Json;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>The example of docs/verify.md compiles, and does what is said of it.</summary>
public sealed class MySourceTests
{
    [Theory]
    [InlineData("v1", 9, VerificationVerdict.Exact, null)]
    [InlineData("v1", 7, VerificationVerdict.Differs, FindingKind.Missing)]
    [InlineData("v2", 9, VerificationVerdict.Differs, FindingKind.WrongLabel)]
    public async Task It_says_whether_a_platform_shows_all_requests(
        string version, long count, VerificationVerdict verdict, FindingKind? kind)
    {
        using var ledger = new SampleLedger().Add(9, version: "v1");
        var run = await ledger.ExpectAsync();
        var rows = JsonSerializer.Serialize(run.Counts.Served.Ranges.Keys.Where(key => !KeyPattern.Is(key)).Select(key => new
        {
            key.Service,
            Version = key.Service == "reviews" ? version : key.Version,
            key.Method,
            key.Route,
            key.Status,
            Count = key.Service == "reviews" ? count : 9,
        }));
        await using var platform = new RecordingBackend(_ => RecordingBackend.Answer(200, rows));
        using var source = new MySource(platform.Address);

        var result = await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(kind, result.Checks.SelectMany(check => check.Findings).SingleOrDefault()?.Kind);
    }

    [Fact]
    public void The_documentation_has_it_to_the_letter()
    {
        var file = Path.Combine(WorkingCopy.Root, "tests", "Verification.Tests", "MySource.cs");
        var code = File.ReadLines(file).SkipWhile(line => !line.StartsWith("public", StringComparison.Ordinal));
        var page = File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "verify.md"));
        Assert.Contains(string.Join('\n', code.Select(line => line.Length == 0 ? "" : $"    {line}")), page);
    }
}
