using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

public sealed class StatusTableTests
{
    private static readonly LocalPlan Plan = LocalPlan.Create(
        new LocalOptions(false, 65535, 65530 - 8, ["v1", "v2", "v3"], []),
        new SourceTree(WorkingCopy.Root),
        new Dictionary<string, string>(),
        static _ => true);

    /// <summary>The widest that each column gets: a pid of seven digits, gigabytes of memory, a start of minutes.</summary>
    private static IReadOnlyList<ServiceStatus> Widest(ServiceState state) => [.. Plan.Services.Select(service => new ServiceStatus(
        service, state, 4_194_304, TimeSpan.FromSeconds(1234.56), 1000, 139, TimeSpan.FromSeconds(30), 9999L * 1024 * 1024))];

    [Theory]
    [InlineData(79)]
    [InlineData(60)]
    [InlineData(59)]
    [InlineData(200)]
    public void Nothing_is_wider_than_the_terminal(int width)
    {
        foreach (var state in Enum.GetValues<ServiceState>())
        {
            Assert.All(StatusTable.Format(Widest(state), width), line => Assert.InRange(line.Text.Length + line.State.Length, 0, width));
        }
    }

    [Fact]
    public void At_80_columns_every_column_is_there_and_what_does_not_fit_is_below_the_service()
    {
        var lines = StatusTable.Format(Widest(ServiceState.Restarting), width: 79);

        Assert.Contains("MEMORY", lines[0].Text);
        Assert.Contains("START-UP", lines[0].Text);
        Assert.Equal(1 + (2 * 6), lines.Count);
        Assert.Equal("restarting", lines[1].State);
        Assert.Equal("restarting in 30 s (exit code 139, SIGSEGV), restart 1000", lines[2].State);
    }

    [Fact]
    public void On_a_narrow_terminal_nothing_is_said_of_restarts_where_there_were_none()
    {
        var lines = StatusTable.Format([.. Plan.Services.Select(service => new ServiceStatus(service, ServiceState.Ready, 1))], width: 19);

        Assert.Equal(1 + 6, lines.Count);
        Assert.All(lines.Skip(1), line => Assert.Equal("ready", line.State));
    }

    [Fact]
    public void Where_there_is_room_a_service_has_one_line()
    {
        var lines = StatusTable.Format(Widest(ServiceState.Restarting), width: int.MaxValue);

        Assert.Equal(1 + 6, lines.Count);
        Assert.Equal("restarting in 30 s (exit code 139, SIGSEGV), restart 1000", lines[1].State);
    }
}
