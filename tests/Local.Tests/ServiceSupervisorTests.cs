using System.Net.Sockets;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Local.Tests;

/// <summary>Whose answer is taken for that of a service.</summary>
public sealed class ServiceSupervisorTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-supervisor-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Two runs that begin in the same moment both find the port free; one gets it.</summary>
    [Fact]
    public async Task The_answer_of_another_process_at_the_port_does_not_make_it_ready()
    {
        var answered = 0;
        await using var other = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            await client.GetStream().ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false, cancellationToken);
            await client.GetStream().WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
            Interlocked.Increment(ref answered);
        });
        var states = new System.Collections.Concurrent.ConcurrentQueue<ServiceState>();
        var version = ServiceCatalog.ProductPage.Versions[0];
        var plan = new ServicePlan(
            version, other.Address.Port, "/bin/sh", ["-c", "echo 'address in use'; read end"], new Dictionary<string, string>(),
            Path.Combine(_directory.FullName, "log"));
        using var supervisor = new ServiceSupervisor(
            plan, new SourceTree(WorkingCopy.Root), TimeProvider.System, status => states.Enqueue(status.State));
        supervisor.Start();
        var ready = supervisor.WaitUntilReadyAsync(TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync("it is asked several times", () => Volatile.Read(ref answered) > 3 || ready.IsCompleted);
        Assert.False(ready.IsCompleted);
        supervisor.Kill();

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => ready);
        Assert.Contains("ended before it was ready (exit code 137, SIGKILL): address in use", failure.Message);
        Assert.DoesNotContain(ServiceState.Ready, states);
    }

    /// <summary>The same figure as in baselines and in 'status', whenever the readiness was noticed.</summary>
    [Fact]
    public async Task The_start_up_is_what_the_service_itself_says_of_it()
    {
        var watch = new StartUpWatch();
        Assert.Null(watch.Known);
        watch.Read("2026-11-26T12:00:00.000Z info RequestFinished: GET / 200\n"u8);
        Assert.Null(watch.Known);
        var waiting = watch.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
        watch.Read(
            """
            {"time":"2026-11-26T12:00:01.000Z","level":"info","event":"ServiceStarted","addresses":"http://[::]:9081","startup_ms":412.5}

            """u8);
        await waiting;
        // A second line, as of a service that prints it twice, changes nothing.
        watch.Read("""{"event":"ServiceStarted","addresses":"x","startup_ms":1}"""u8);

        Assert.Equal(TimeSpan.FromMilliseconds(412.5), watch.Known);
    }

    [Fact]
    public void A_port_is_of_who_listens_on_it_and_of_who_has_started_that()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var child = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "read end"]) { RedirectStandardInput = true })!;

        Assert.True(PortOwner.IsOrMayBe(Environment.ProcessId, port));
        Assert.False(PortOwner.IsOrMayBe(child.Id, port));
        child.StandardInput.Close();
        child.WaitForExit();
    }

    [Fact]
    public void Two_runs_do_not_share_their_logs()
    {
        var tree = new SourceTree(_directory.FullName);
        using (RunLock.Take(tree, 26000))
        {
            var failure = Assert.Throws<OperationFailedException>(() => RunLock.Take(tree, 26000));
            Assert.Equal(FailureKind.PortTaken, failure.Kind);
            Assert.StartsWith("port 26000, which productpage needs, belongs to another 'bookinfo up'", failure.Message);
            RunLock.Take(tree, 26001).Dispose();
        }

        RunLock.Take(tree, 26000).Dispose();
    }

    [Fact]
    public void Logs_that_cannot_be_written_are_told_with_what_to_do()
    {
        var tree = new SourceTree(_directory.FullName);
        // Root may write everywhere, but not to a directory.
        Directory.CreateDirectory(Path.Combine(tree.Logs(26000), "up.lock"));

        var failure = Assert.Throws<OperationFailedException>(() => RunLock.Take(tree, 26000));

        Assert.StartsWith($"'{tree.Logs(26000)}' cannot be written to. After a run with sudo, ", failure.Message);
        Assert.EndsWith("'sudo chown -R \"$USER\" artifacts' in the working copy helps.", failure.Message);
    }
}
