using System.Collections.Concurrent;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Local.Tests;

/// <summary>In which order the processes of a run are started and stopped.</summary>
public sealed class LocalSystemTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-system-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_others_need_is_ready_before_they_are_started_and_is_stopped_after_them()
    {
        var changes = new ConcurrentQueue<(string Name, ServiceState State, bool Runs)>();
        var plan = Plan();
        using var system = new LocalSystem(
            plan, new SourceTree(WorkingCopy.Root), TimeProvider.System,
            status => changes.Enqueue((status.Plan.Name, status.State, status.Pid is not null)));

        system.Start();
        Assert.Equal([true, false], system.Statuses.Select(status => status.Pid is not null));
        await system.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        Assert.All(system.Statuses, status => Assert.Equal(ServiceState.Ready, status.State));
        Assert.Empty(await system.StopAsync());

        Assert.Equal(
            [
                ("details-v1", ServiceState.Starting, true), ("details-v1", ServiceState.Ready, true),
                ("ratings-v1", ServiceState.Starting, true), ("ratings-v1", ServiceState.Ready, true),
                ("ratings-v1", ServiceState.Stopping, true), ("ratings-v1", ServiceState.Stopped, false),
                ("details-v1", ServiceState.Stopping, true), ("details-v1", ServiceState.Stopped, false),
            ],
            changes);
    }

    [Fact]
    public async Task What_others_need_and_does_not_come_is_the_end_of_it()
    {
        var plan = Plan();
        var broken = plan.Services[0] with { FileName = "/bin/sh", Arguments = ["-c", "echo 'no good'; exit 7"] };
        using var system = new LocalSystem(
            plan with { Services = [broken, plan.Services[1]] }, new SourceTree(WorkingCopy.Root), TimeProvider.System, static _ => { });

        system.Start();
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => system.WaitUntilReadyAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("details-v1 ended before it was ready (exit code 7): no good", failure.Message);
        Assert.Null(system.Statuses[1].Pid);
        Assert.Empty(await system.StopAsync());
    }

    /// <summary>Two of the services, of which the first is needed by the other.</summary>
    private LocalPlan Plan()
    {
        var ports = FreePorts.Find();
        var options = new LocalOptions(false, ports.Page, ports.Backends, ["v1"], [], ManagementPort: ports.Management);
        var plan = LocalPlan.Create(
            options, new SourceTree(WorkingCopy.Root), Environment.GetEnvironmentVariables(), static _ => true);
        var services = plan.Services.Take(2)
            .Select(service => service with { LogFile = Path.Combine(_directory.FullName, service.Name) })
            .ToList();
        return plan with { Services = [services[0] with { IsNeededByOthers = true }, services[1]] };
    }
}
