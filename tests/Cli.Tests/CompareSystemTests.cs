using System.Globalization;
using Bookinfo.Cli.Baseline;
using Bookinfo.Cli.Compare;
using Bookinfo.DelayingProxy;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// <c>baseline</c> and <c>compare</c> of real services, with a proxy in front of ratings that holds requests back by 2 ms in every other baseline. On a busy machine a
/// single pair may be spoilt; a comparison that is wrong is so in all of them.
/// </summary>
public sealed class CompareSystemTests : IDisposable
{
    private static readonly string Tool = Path.Combine(WorkingCopy.Root, "artifacts", "bin", "Bookinfo.Cli", "release", "bookinfo.dll");
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(2);

    private readonly FreePorts _ports = FreePorts.Find();
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_known_delay_comes_out_at_its_size_and_an_unchanged_system_as_unchanged()
    {
        using var proxy = new Proxy(FreePort.Find(), _ports.Backends + 1, TimeSpan.Zero, TimeProvider.System);
        await using var up = CommandRun.Bookinfo(
            ["up", "--no-build", .. _ports.Options, "--output", "json", "--env", string.Create(CultureInfo.InvariantCulture, $"reviews:RATINGS_SERVICE_PORT={proxy.Port}")]);
        await up.ReadyAsync();

        var without = new List<BaselineFile>();
        var with = new List<BaselineFile>();
        for (var pair = 0; pair < 2; pair++)
        {
            proxy.Delay = TimeSpan.Zero;
            // Freshly started services are compiled while they run.
            without.Add(await MeasureAsync($"without-{pair}", warmUp: pair == 0 ? "10s" : "2s"));
            proxy.Delay = Delay;
            with.Add(await MeasureAsync($"with-{pair}", warmUp: "2s"));
        }

        var delayed = without.Zip(with, Compare).ToList();
        Assert.True(delayed.Exists(ShowsTheDelay), string.Join("\n\n", delayed.Select(report => string.Join('\n', ComparisonText.Lines(report)))));
        // Each of them may show something with a probability of 0.05, both with one of 0.0025.
        ComparisonReport[] unchanged = [Compare(without[0], without[1]), Compare(with[0], with[1])];
        Assert.True(Array.Exists(unchanged, ShowsNothing), string.Join("\n\n", unchanged.Select(report => string.Join('\n', ComparisonText.Lines(report)))));
    }

    private static ComparisonReport Compare(BaselineFile before, BaselineFile after) => Comparison.Of(before, before.Name, after, after.Name);

    private static bool ShowsTheDelay(ComparisonReport report) =>
        report.Rates is [var rate]
        && rate.Find(Measure.Ratings, FigureName.P50) is { Shown: true, Difference: > 1700 and < 2300 }
        && rate.Find(Measure.Reviews, FigureName.P50) is { Shown: true, Difference: > 1700 and < 2300 }
        && !rate.Figures.Any(figure => figure.Subject == Measure.Details && figure.Shown);

    private static bool ShowsNothing(ComparisonReport report) =>
        report.Rates is [var rate]
        && rate.Find(Measure.Ratings, FigureName.P50) is { IsTested: true }
        && !rate.Figures.Any(figure => figure.Subject.Contains("->", StringComparison.Ordinal) && figure.Shown);

    private async Task<BaselineFile> MeasureAsync(string name, string warmUp)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{_ports.Page}");
        await using var baseline = CommandRun.Start(
            "dotnet", [Tool, "baseline", address, "--name", name, "--rates", "60", "--rounds", "10", "--step", "1.5s", "--warm-up", warmUp], _directory);
        Assert.Equal(ExitCode.Success, await baseline.ExitAsync(TimeSpan.FromMinutes(2)));
        return BaselineStore.Read(Path.Combine(_directory, $"{name}.json"));
    }
}
