using System.Text.Json;
using Bookinfo.Cli.Terminal;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo load --in-cluster</c>: the report of load workers, of which nothing stays.</summary>
public sealed class ClusterLoadTests(LoadWorkers load) : IClassFixture<LoadWorkers>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_report_is_that_of_load_and_counts_what_the_page_counts()
    {
        var page = Path.Combine(Directory.CreateTempSubdirectory("bookinfo-load-").FullName, "load.html");
        try
        {
            var before = await load.RequestsAsync();
            var run = await Tool.BookinfoAsync(
                "load", "--in-cluster", "--workers", "2", "--namespace", load.Namespace, "--rate", "40", "--duration", "5s", "--profile",
                "steps", "--steps", "2", "--html", page, "--fail-on", "errors:1%", "--output", "json");

            Assert.True(run.ExitCode == ExitCode.Success, $"{run}");
            using var report = JsonDocument.Parse(run.Output);
            var requests = report.RootElement.GetProperty("requests");
            // 20 and 40 a second for 2.5 s each, and for each worker the page and ten users who sign in.
            Assert.Equal((150, 150, 0), (Count("due"), Count("good"), Count("unsent")));
            Assert.Equal(22, Count("setup"));
            Assert.Equal($"http://productpage.{load.Namespace}:9080/productpage", report.RootElement.GetProperty("target").GetString());
            Assert.Equal(
                [50, 100],
                report.RootElement.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("due").GetInt32()));
            Assert.Equal(
                ["visitor", "user", "api", "asset"],
                report.RootElement.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetProperty("name").GetString()));
            // The page itself counts its views: those of visitors and users, and what the workers began with.
            Assert.Equal(
                await load.RequestsAsync() - before,
                2 + report.RootElement.GetProperty("kinds").EnumerateArray()
                    .Where(kind => kind.GetProperty("name").GetString() is "visitor" or "user")
                    .Sum(kind => kind.GetProperty("requests").GetInt32()));
            Assert.Contains("<svg", await File.ReadAllTextAsync(page, Cancelled));

            int Count(string name) => requests.GetProperty(name).GetInt32();
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(page)!, recursive: true);
        }

        await load.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Ctrl_C_reports_what_was_measured_and_leaves_nothing()
    {
        var run = await Tool.RunAsync("timeout", [
            "--preserve-status", "--signal=INT", "20",
            "./bookinfo", "load", "--in-cluster", "--namespace", load.Namespace, "--rate", "20", "--duration", "1h", "--output", "json",
        ]);

        Assert.True(run.ExitCode == ExitCode.Interrupted, $"{run}");
        if (run.Output.Length > 0)
        {
            using var report = JsonDocument.Parse(run.Output);
            Assert.True(report.RootElement.GetProperty("interrupted").GetBoolean());
        }

        await load.AssertNothingLeftAsync();
    }
}
