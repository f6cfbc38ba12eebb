using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Services as processes where they listen: what is in their way, what is not, and which threads answer.</summary>
public sealed class ServiceListeningTests : ServiceProcessRuns
{
    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_taken_port_ends_the_process_with_one_line_and_code_3(string project)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var process = Start(project, ("ASPNETCORE_URLS", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}"));
        var (code, _, errors) = await EndAsync(process);
        Assert.Equal(3, code);
        Assert.Matches(@"^[a-z]+ cannot start: .*address already in use.*ASPNETCORE_URLS.*\n$", errors);
    }

    [Fact]
    public async Task Where_nothing_else_listens_nobody_is_told_to_stop_it()
    {
        using var process = Start("Bookinfo.Details", ("ASPNETCORE_URLS", "http://192.0.2.1:7731"), ("DRAIN_SECONDS", "0"));
        Assert.EndsWith(
            ". Set ASPNETCORE_URLS to something other than http://192.0.2.1:7731.\n",
            (await EndAsync(process)).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_a_killed_service_left_behind_keeps_none_from_starting()
    {
        var path = Path.Combine(Path.GetTempPath(), $"bookinfo-test-{Guid.NewGuid()}");
        try
        {
            for (var start = 0; start < 2; start++)
            {
                using var process = Start("Bookinfo.Details", ("ASPNETCORE_URLS", $"http://unix:{path}"), ("DRAIN_SECONDS", "0"));
                await Eventually.HoldsAsync("It does not listen.", () => process.HasExited || IsListenedOn(path));
                Assert.False(process.HasExited);
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(File.Exists(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Neither a socket that somebody listens on nor a file is in the way by mistake.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_else_is_in_the_place_of_a_socket_stays(bool isListenedOn)
    {
        var path = Path.Combine(Path.GetTempPath(), $"bookinfo-test-{Guid.NewGuid()}");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (isListenedOn)
        {
            other.Bind(new UnixDomainSocketEndPoint(path));
            other.Listen();
        }
        else
        {
            await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        }

        try
        {
            using var process = Start("Bookinfo.Details", ("ASPNETCORE_URLS", $"http://unix:{path}"), ("DRAIN_SECONDS", "0"));
            Assert.Equal(3, (await EndAsync(process)).Code);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>They belong to whoever set them: a list of addresses to call, for instance.</summary>
    [Fact]
    public async Task Variables_without_the_prefix_are_not_where_to_listen()
    {
        var port = FreePort.Find();
        using var process = Start(
            "Bookinfo.Details",
            ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "0"), ("URLS", "foo"), ("HTTP_PORTS", "bar"), ("HTTPS_PORTS", "8443"));
        try
        {
            await UntilReadyAsync(port);
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0", true)]
    public async Task Requests_are_answered_by_the_threads_that_wait_for_sockets_unless_the_pool_is_asked_for(
        string? setting, bool byThePool)
    {
        const int Requests = 500;
        var port = FreePort.Find();
        (string, string)[] inline = setting is null ? [] : [("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", setting)];
        using var process = Start(
            "Bookinfo.Details", [("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "0"), ("ACCESS_LOG", "off"), .. inline]);
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await UntilAsync(client, HttpStatusCode.OK);
            var before = await DoneByThePoolAsync(client);
            for (var i = 0; i < Requests; i++)
            {
                using var answer = await client.GetAsync(new Uri("/details/0", UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            // What the pool does besides is a few pieces of work a second.
            Assert.Equal(byThePool, await DoneByThePoolAsync(client) - before >= Requests);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<double> DoneByThePoolAsync(HttpClient client)
    {
        const string Metric = "dotnet_thread_pool_work_item_count_total";
        var lines = (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)).Split('\n');
        return double.Parse(
            lines.Single(line => line.StartsWith(Metric, StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static bool IsListenedOn(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
