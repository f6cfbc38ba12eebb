using Bookinfo.Cli.Views;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Tests;

/// <summary>The tables of <c>deploy</c> and <c>status</c>.</summary>
public sealed class ClusterTableTests
{
    [Fact]
    public void The_table_of_deploy_fits_on_a_terminal_of_80_columns()
    {
        RolloutStatus[] rollouts =
        [
            new("productpage-v1", 10)
            {
                Ready = 10,
                Scheduled = TimeSpan.FromSeconds(0.3),
                Image = new ImagePull(TimeSpan.FromSeconds(1.2), 12_000_000),
                Started = TimeSpan.FromSeconds(9),
                ReadyAfter = TimeSpan.FromSeconds(100),
            },
            new("details-v1", 1) { IsUnchanged = true, Ready = 1 },
            new("reviews-v1", 1) { Problem = new PodProblem("pod p", "Unschedulable", new string('x', 200), null) },
        ];

        var lines = RolloutTable.Format(rollouts, 79).Select(row => row.Line).ToList();

        Assert.Equal(5, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
        Assert.Equal("productpage-v1  10/10      0.3 s  1.2 s, 11 MiB    9.0 s      100 s", lines[1]);
        Assert.EndsWith("  unchanged", lines[2]);
        Assert.StartsWith("  Unschedulable: xxx", lines[4]);
    }

    [Fact]
    public void The_tables_of_status_fit_on_a_terminal_of_80_columns()
    {
        var pod = new PodState(
            "productpage-v1-6797d4499b-zvjwm", 1, 1, "CrashLoopBackOff", 12, 59, "ip-10-0-0-1.eu-west-1.compute.internal")
        {
            CpuUse = 0.1,
            CpuRequest = 0.1,
            MemoryUse = 6e7,
            MemoryRequest = 6.4e7,
            MemoryLimit = 6.4e7,
            Image = "registry.example.org/some/where/productpage:0.1.0",
            ImageBytes = 12_000_000,
        };
        var report = new StatusReport(
            DateTimeOffset.UnixEpoch, "bookinfo", [pod], [new ServiceEntry("productpage", "NodePort", "10.96.9.100", ["9080:30080/TCP"])],
                [
                    new string('x', 100),
                    "Real use is not known: the cluster has no metrics API (metrics-server), and the kubelets do not answer.",
                ]);

        var lines = StatusTables.Format(report, 80).ToList();

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => line.Contains("ip-10-0-0-1.eu-west-1.compute.internal"));
        Assert.Contains(lines, line => line.EndsWith(" productpage:0.1.0"));
        Assert.Equal(
            ["Real use is not known: the cluster has no metrics API (metrics-server), and the", "kubelets do not answer."], lines[^2..]);
    }
}
