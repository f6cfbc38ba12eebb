using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>Two processes that measure the same application at the same time.</summary>
public sealed class BaselineLockTests : BaselineRuns
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("[::1]", true)]
    [InlineData("localhost.", true)]
    [InlineData("shop.localhost", true)]
    [InlineData("shop.localhost.", true)]
    [InlineData("localhost.example", false)]
    [InlineData("192.0.2.1", false)]
    public async Task Every_address_of_this_machine_is_the_same_place(string other, bool isHere)
    {
        var port = FreePort.Find();
        await using var one = new UrlSubject(new Uri($"http://127.0.0.1:{port}/productpage"));
        await using var two = new UrlSubject(new Uri($"http://{other}:{port}/other"));
        using var taken = MeasurementLock.Take([one]);
        var failure = Record.Exception(() => MeasurementLock.Take([two]).Dispose());
        Assert.Equal(isHere, failure is OperationFailedException);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Two_at_the_same_time_would_measure_each_other(string other)
    {
        using var held = new SemaphoreSlim(0);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await held.WaitAsync(cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(FakePage.Html, ServerTiming), cancellationToken);
            return true;
        });
        string[] options = ["--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "0s", "--timeout", "60s"];
        await using var first = Baseline([server.Address.ToString(), .. options]);
        await Eventually.HoldsAsync("a request", () => server.Requests > 0);

        // A process that is alone with its lock, and measures the same address under another name.
        await using (var second = CommandRun.Start(
            "dotnet",
            [
                CommandRun.ToolAssembly, "baseline", $"http://{other}:{server.Address.Port}/other", .. options, "--name", $"{Name}-second",
            ]))
        {
            Assert.Equal(ExitCode.Failure, await second.ExitAsync());
            Assert.Equal(
                $"bookinfo: another 'bookinfo baseline' on this machine measures http://{other}:{server.Address.Port} now, and each would "
                + "be a part of what the other measures. Wait until it is done, or say --shared to measure all the same.\n",
                second.Messages);
        }

        held.Release(int.MaxValue / 2);
        await using var third = CommandRun.Start(
            "dotnet",
            [CommandRun.ToolAssembly, "baseline", server.Address.ToString(), .. options, "--shared", "--name", $"{Name}-third"]);
        Assert.Equal((ExitCode.Success, ExitCode.Success), (await first.ExitAsync(), await third.ExitAsync()));
        // It is free again.
        await using var fourth = Baseline([server.Address.ToString(), .. options, "--overwrite"]);
        Assert.Equal(ExitCode.Success, await fourth.ExitAsync());
    }
}
