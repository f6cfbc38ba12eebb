using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>Reports of what <c>up</c> of this working copy runs name the faults that its services have.</summary>
public sealed class FaultReportTests : BaselineRuns
{
    [Fact]
    public async Task Load_and_baseline_name_active_faults()
    {
        var ports = FreePorts.Find();
        await using var up = CommandRun.Bookinfo(
            [
                "up", "--no-build", .. ports.Options,
                "--env", """ratings:FAULTS=[{"name":"slow","delay":{"fixedDelay":"1ms"}},{"start":"1h","abort":{"httpStatus":500}}]""",
            ]);
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));
        var fault = new ActiveFault("ratings-v1", "delay", "slow");
        const string Text = "Faults were active while this was measured: delay of ratings-v1 (rule 'slow').";

        await using var load = LoadCommandRun.Start($"localhost:{ports.Page}", "--rate", "20", "--duration", "1s");
        await using var json = LoadCommandRun.Start(
            $"localhost:{ports.Page}", "--rate", "20", "--duration", "1s", "--output", "json");
        Assert.Equal((ExitCode.Success, ExitCode.Success), (await load.ExitAsync(), await json.ExitAsync()));
        Assert.Contains($"Warning: {Text}", load.Output.ReplaceLineEndings(" "));
        var report = JsonSerializer.Deserialize(json.Output, LoadJson.Default.LoadReport)!;
        Assert.Equal([fault], report.Faults);
        Assert.Contains(report.Warnings, warning => warning.Code == "faults-active");

        await using var baseline = Baseline(
            $"localhost:{ports.Page}", "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "500ms");
        Assert.Equal(ExitCode.Success, await baseline.ExitAsync());
        var file = BaselineStore.Read($"{Name}.json");
        Assert.Equal([fault], file.Faults);
        Assert.Contains(Text, file.Notes);
    }

    [Fact]
    public async Task Of_an_address_that_up_does_not_run_nothing_is_said()
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var json = LoadCommandRun.Start(
            $"{server.Address}productpage", "--rate", "20", "--duration", "500ms", "--output", "json");

        Assert.Equal(ExitCode.Success, await json.ExitAsync());
        Assert.Null(JsonSerializer.Deserialize(json.Output, LoadJson.Default.LoadReport)!.Faults);
    }
}
