using Bookinfo.Foundation;

namespace Bookinfo.Local.Tests;

/// <summary>Where commands find the processes of an <c>up</c> to give them faults.</summary>
public sealed class LocalFaultTargetsTests : IDisposable
{
    private const int Port = 31080;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly SourceTree _tree;
    private readonly LocalFaultTargets _targets;

    public LocalFaultTargetsTests()
    {
        _tree = new SourceTree(_directory.FullName);
        _targets = new LocalFaultTargets(_tree, new Uri($"http://localhost:{Port}"));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_processes_are_those_that_the_run_tells_of_services_in_all_versions()
    {
        using var running = RunLock.Take(_tree, Port);
        Record(("ratings-v1", 31101), ("reviews-v1", 31102), ("reviews-v3", 31104));

        var all = await _targets.FindAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                ("ratings-v1", "ratings", "http://127.0.0.1:31101/"), ("reviews-v1", "reviews", "http://127.0.0.1:31102/"),
                ("reviews-v3", "reviews", "http://127.0.0.1:31104/"),
            ],
            all.Select(target => (target.Name, target.Service, target.Management!.AbsoluteUri)));
        Assert.Equal(
            ["reviews-v1", "reviews-v3"],
            (await _targets.FindAsync(["reviews"], TestContext.Current.CancellationToken)).Select(target => target.Name));
        Assert.Equal(
            ["ratings-v1", "reviews-v3"],
            (await _targets.FindAsync(["reviews-v3", "ratings"], TestContext.Current.CancellationToken)).Select(target => target.Name));
        Assert.Equal(new Uri("http://localhost:9099"), _targets.Prometheus);
    }

    [Fact]
    public async Task Without_a_run_it_says_what_to_do()
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => _targets.FindAsync(null, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.NotDeployed, failure.Kind);
        Assert.Equal(
            "no 'bookinfo up' of this working copy runs at http://localhost:31080: start it, or name the namespace of a deployment with "
            + "--namespace.",
            failure.Message);
        Assert.Null(_targets.Prometheus);
    }

    private void Record(params (string Name, int Port)[] processes) => new RunRecord(
        "0.1.0",
        new Dictionary<string, IReadOnlyDictionary<string, string>>(),
        processes.ToDictionary(process => process.Name, process => process.Port),
        new Uri("http://localhost:9099")).Write(_tree, Port);
}
