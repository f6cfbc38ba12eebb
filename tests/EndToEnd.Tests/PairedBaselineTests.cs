using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;

namespace EndToEnd.Tests;

/// <summary><c>bookinfo baseline --against</c>: two deployments of one cluster, measured in turns.</summary>
/// <param name="before">The first of them.</param>
/// <param name="cluster">The cluster.</param>
public sealed class PairedBaselineTests(OwnNamespace before, Cluster cluster) : IClassFixture<OwnNamespace>
{
    [Fact]
    public async Task Two_deployments_are_measured_in_turns()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-baseline-");
        await using var after = new OwnNamespace(cluster);
        await after.InitializeAsync();
        try
        {
            var name = Path.Combine(directory.FullName, "pair");
            var run = await Tool.BookinfoAsync(
                "baseline", "--namespace", before.Namespace, "--against", after.Namespace, "--name", name, "--rates", "10", "--rounds", "2",
                "--step", "3s", "--warm-up", "1s");

            Assert.True(run.ExitCode == ExitCode.Success, $"{run}");
            var file = BaselineStore.ReadPaired($"{name}.json");
            Assert.True(file.Complete);
            Assert.Equal(2, file.Pairs.Count);
            foreach (var system in new[] { file.Before, file.After })
            {
                Assert.Equal("cluster", system.Settings.Subject);
                Assert.Equal([30, 30], system.Steps.Select(step => step.Requests.Good));
                Assert.Equal(6, system.Services.Count);
                Assert.All(system.Steps, step => Assert.Equal(6, step.Use.Count));
            }

            Assert.NotEqual(file.Before.Settings.Target, file.After.Settings.Target);
            // Reviews without a version in common are in no pair; of 30 views each has some of every version.
            Assert.All(file.Pairs, step => Assert.InRange(step.After[Measure.Page].Pairs, 10, 30));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
