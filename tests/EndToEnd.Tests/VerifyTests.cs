using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace EndToEnd.Tests;

/// <summary>
/// <c>bookinfo verify</c> on the cluster, through a port-forward to its page, while pods go and come: a Prometheus that scrapes them and
/// the logs of the pods show every request, and what a pod has taken along is not called lost.
/// </summary>
/// <param name="bookinfo">The application and its Prometheus.</param>
public sealed class VerifyTests(ScrapedNamespace bookinfo) : IClassFixture<ScrapedNamespace>
{
    private const string Requests = "3000";

    private static readonly string[] Deployments = [.. Deployed.Names.Select(name => $"deployment/{name}")];

    [Fact]
    public async Task A_rollout_meanwhile_is_no_fault_of_the_platform()
    {
        var ledger = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var enough = new CancellationTokenSource();
        var following = bookinfo.FollowAsync(enough.Token);
        try
        {
            var before = (await bookinfo.PodsAsync()).Count;
            await using var verify = CommandRun.Bookinfo([
                "verify", "--namespace", bookinfo.Namespace, "--pod-logs", "--prometheus", bookinfo.Prometheus.AbsoluteUri,
                "--rate", "100", "--requests", Requests, "--keep", ledger, "--output", "json",
            ]);
            // The ledger is opened when all is prepared.
            await verify.DoesAsync("the ledger", () => File.Exists(ledger));
            await Tool.KubectlAsync(["rollout", "restart", "-n", bookinfo.Namespace, .. Deployments]);
            foreach (var deployment in Deployments)
            {
                await Tool.KubectlAsync("rollout", "status", "-n", bookinfo.Namespace, deployment, "--timeout=120s");
            }

            // On a machine that is very slow, all is sent before all pods are others.
            var wasInTime = verify.Alive.Count > 0;
            var exitCode = await verify.ExitAsync();
            Assert.True(exitCode is ExitCode.Success or ExitCode.TelemetryUnchecked or ExitCode.TelemetryDiffers, $"{verify}");
            using var report = JsonDocument.Parse(verify.Output);
            var signals = report.RootElement.GetProperty("signals").EnumerateArray().ToDictionary(
                signal => signal.GetProperty("signal").GetString()!);
            Assert.Equal(["app", "logs", "metrics"], signals.Keys.Order());
            Assert.StartsWith("http://127.0.0.1:", report.RootElement.GetProperty("target").GetString());

            // It is checked before the run, each process through a port-forward of its own.
            Assert.True(signals["app"].GetProperty("verdict").GetString() == "exact", $"{verify}");

            // Each pod has logged that it stopped, so each line must be there; how requests ended that were in the port-forward when it
            // lost its pod, nobody knows.
            var logs = signals["logs"];
            Assert.True(logs.GetProperty("verdict").GetString() == "exact", $"{verify}");
            var pods = wasInTime ? $"{before + Deployments.Length}" : "[0-9]+";
            Assert.Matches($"^The logs of {pods} pods were read", Notes(logs)[0]);

            // A pod may be scraped for the last time before its last request, and a machine that is busy may scrape late.
            var metrics = signals["metrics"];
            Assert.All(
                metrics.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("findings").EnumerateArray()),
                finding => Assert.True(finding.GetProperty("kind").GetString() is "target-ended" or "scrape-gap", $"{verify}"));
            Assert.Matches($"^{pods} targets: ", Notes(metrics)[0]);
        }
        finally
        {
            await enough.CancelAsync();
            await following;
            File.Delete(ledger);
        }
    }

    private static List<string> Notes(JsonElement signal) =>
        [.. signal.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)];
}
