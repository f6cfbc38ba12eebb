using System.Net;
using System.Net.Sockets;
using Bookinfo.Cli.Doctor;
using Bookinfo.Contracts;
using Bookinfo.Local;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>doctor</c> judges what is on this machine.</summary>
public sealed class DoctorMachineTests
{
    [Theory]
    [InlineData("10.0.100 [/usr/share/dotnet/sdk]\n", nameof(CheckState.Ok), "10.0.100")]
    [InlineData("9.0.300 [/a]\n10.0.204 [/a]\n10.0.101 [/a]\n11.0.100-preview.1 [/a]\n", nameof(CheckState.Ok), "10.0.204")]
    [InlineData(
        "9.0.300 [/a]\n10.1.100 [/a]\n11.0.100 [/a]\n", nameof(CheckState.Problem),
        "10.0 is needed (10.0.100 or a later feature band); installed: 9.0.300, 10.1.100, 11.0.100")]
    [InlineData("", nameof(CheckState.Problem), "none is installed")]
    public void The_SDK_is_chosen_as_global_json_has_it(string list, string state, string detail)
    {
        var result = SdkCheck.Judge(new Version(10, 0, 100), list);

        Assert.Equal(state, $"{result.State}");
        Assert.Contains(detail, result.Detail);
    }

    [Fact]
    public void An_up_that_runs_is_a_warning_and_anybody_else_on_its_ports_a_problem()
    {
        var check = new LocalPortsCheck(LocalPortsCheck.Default);
        var running = check.Judge([(9081, "Bookinfo.Details", new PortOwner(7, "Bookinfo.Details"))]);
        Assert.Equal(
            (CheckState.Warning, "'bookinfo up' runs already: 9081 is taken by Bookinfo.Details (pid 7)"),
            (running.State, running.Detail));
        Assert.Equal(CheckState.Problem, check.Judge([(9081, "Bookinfo.Details", new PortOwner(7, "Bookinfo.Ratings"))]).State);
        Assert.Contains("9081 is taken by another process", check.Judge([(9081, "Bookinfo.Details", null)]).Detail);
    }

    [Fact]
    public void The_ports_are_those_of_up() =>
        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.LocalPort).Order(),
            LocalPortsCheck.Default.Select(one => one.Port).Order());

    /// <summary>On ports that only this test has, whatever runs on this machine.</summary>
    [Fact]
    public async Task A_taken_port_is_a_problem_that_says_by_whom_and_which_to_take_instead()
    {
        var first = FreePort.Find(2);
        var check = new LocalPortsCheck([(first, "Bookinfo.Details"), (first + 1, "Bookinfo.Ratings")]);

        var free = await check.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((CheckState.Ok, $"{first}, {first + 1} are free"), (free.State, free.Detail));

        using var listener = new TcpListener(IPAddress.Loopback, first + 1);
        listener.Start();
        var taken = await check.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CheckState.Problem, taken.State);
        Assert.Equal($"{first + 1} is taken by {PortOwner.Find(first + 1)!.Name} (pid {Environment.ProcessId})", taken.Detail);
        Assert.Matches(@"^\./bookinfo up --port \d+ --backend-port \d+$", Assert.Single(taken.Commands));
    }

    /// <summary>With the Prometheus of this machine, which the tests of the rules need as well.</summary>
    [Fact]
    public async Task A_taken_port_of_Prometheus_is_a_warning_that_says_by_whom_and_which_to_take_instead()
    {
        var port = FreePort.Find();
        var check = new PrometheusCheck(port);

        var free = await check.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CheckState.Ok, free.State);
        Assert.EndsWith($"; its port {port} is free", free.Detail, StringComparison.Ordinal);

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        var taken = await check.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CheckState.Warning, taken.State);
        Assert.EndsWith(
            $"; its port {port} is taken by {PortOwner.Find(port)!.Name} (pid {Environment.ProcessId})", taken.Detail,
            StringComparison.Ordinal);
        Assert.Matches(@"^\./bookinfo up --prometheus --prometheus-port \d+$", Assert.Single(taken.Commands));
    }
}
