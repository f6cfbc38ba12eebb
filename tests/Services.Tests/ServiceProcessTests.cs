using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>Services as processes: how they start, fail to start, and end.</summary>
public sealed class ServiceProcessTests
{
    public static TheoryData<string> Projects => [.. ServiceCatalog.All.Select(service => service.Project)];

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_bad_setting_ends_the_process_with_one_line_and_code_2(string project)
    {
        using var process = Start(project, ("ASPNETCORE_HTTP_PORTS", "0"), ("DRAIN_SECONDS", "soon"));
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((2, ""), (code, output));
        Assert.Matches(@"^[a-z]+ cannot start: DRAIN_SECONDS='soon' is not allowed: it must be a whole number from 0 to 300\.\n$", errors);
    }

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

    /// <summary>The line is lost then, and the code must not be.</summary>
    [Theory]
    [InlineData("2>/dev/full", 2, "DRAIN_SECONDS=soon")]
    [InlineData("2>&-", 2, "DRAIN_SECONDS=soon")]
    [InlineData("2>/dev/full", 3, "ASPNETCORE_URLS=http://192.0.2.1:7731")]
    public async Task A_stderr_that_takes_nothing_changes_no_code(string redirection, int exitCode, string setting)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"exec env \"$@\" {redirection}", "sh", setting, "dotnet", WorkingCopy.Assembly("Bookinfo.Details")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Assert.Equal((exitCode, "", ""), await EndAsync(process));
    }

    /// <summary>
    /// What the service itself checks, what its libraries would have thrown, and what only the socket knows; the rest runs in this process
    /// (<see cref="RandomSettingsTests"/>).
    /// </summary>
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization: Bearer hush", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "abc", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent", 2)]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", 2)]
    [InlineData("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "often", 2)]
    [InlineData("ASPNETCORE_URLS", "http://*:7731/base", 2)]
    [InlineData("ASPNETCORE_URLS", "http://localhost:0", 2)]
    [InlineData("ASPNETCORE_URLS", "http://192.0.2.1:7731", 3)]
    [InlineData("ASPNETCORE_URLS", "http://unix:/proc/no-such/socket", 3)]
    public async Task What_is_wrong_is_one_line_that_names_the_variable(string variable, string value, int exitCode)
    {
        using var process = Start(
            "Bookinfo.Details",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("ASPNETCORE_HTTP_PORTS", "0"),
            ("DRAIN_SECONDS", "0"),
            (variable, value));
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((exitCode, ""), (code, output));
        Assert.Matches($@"^details cannot start: .*{variable}.*\n$", errors);
        Assert.DoesNotContain("hush", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_whose_name_differs_by_case_is_one_of_somebody_else()
    {
        using var process = Start(
            "Bookinfo.Details",
            ("log_format", "combined"),
            ("access_log", "/var/log/access.log"),
            ("Drain_Seconds", "soon"),
            ("otel_exporter_otlp_timeout", "long"),
            ("ASPNETCORE_URLS", "http://192.0.2.1:7731"));
        Assert.Equal(3, (await EndAsync(process)).Code);
    }

    [Theory]
    [InlineData("bogus", " is not allowed: it must be of the form --NAME=value. It is not shown, as it may be a secret.")]
    [InlineData("--help", "='--help' is not allowed: it must be of the form --NAME=value.")]
    public async Task An_argument_that_is_no_setting_is_one_line_as_well(string argument, string line)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [WorkingCopy.Assembly("Bookinfo.Details"), "--DRAIN_SECONDS=0", argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((2, "", $"details cannot start: argument 2{line}\n"), (code, output, errors));
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
    public async Task On_SIGTERM_a_service_turns_unready_serves_on_finishes_what_is_in_flight_and_ends_with_0()
    {
        // 7 s of delay for half of the requests make one that is still in flight when the drain period is over.
        var port = FreePort.Find();
        using var process = Start(
            "Bookinfo.Ratings",
            ("ASPNETCORE_HTTP_PORTS", $"{port}"),
            ("DRAIN_SECONDS", "2"),
            ("SERVICE_VERSION", "v-delayed"),
            ("RANDOM_SEED", "3"));
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await UntilAsync(client, HttpStatusCode.OK);
            var inFlight = Enumerable.Range(0, 8).Select(_ => client.GetAsync(new Uri("/ratings/0", UriKind.Relative))).ToList();
            await Eventually.HoldsAsync("a first answer", () => inFlight.Exists(get => get.IsCompleted));
            Assert.Contains(inFlight, get => !get.IsCompleted);

            await SignalAsync(process, "TERM");
            await UntilAsync(client, HttpStatusCode.ServiceUnavailable);
            // Both what is known and what is not: each answer sends its connection elsewhere.
            foreach (var (path, status) in new[] { ("/health", HttpStatusCode.OK), ("/nowhere", HttpStatusCode.NotFound) })
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal((status, true), (answer.StatusCode, answer.Headers.ConnectionClose));
            }

            Assert.All(await Task.WhenAll(inFlight), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
            Assert.Equal(0, (await EndAsync(process)).Code);
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_service_that_is_told_to_ends_when_its_standard_input_does(string project)
    {
        using var process = Start(
            project, ("ASPNETCORE_HTTP_PORTS", $"{FreePort.Find()}"), ("DRAIN_SECONDS", "0"), ("STOP_WHEN_STDIN_CLOSES", "true"));
        process.StandardInput.Close();
        Assert.Equal(0, (await EndAsync(process)).Code);
    }

    [Fact]
    public async Task The_end_of_standard_input_leaves_a_service_the_time_to_drain()
    {
        var port = FreePort.Find();
        // Longer than the time that a service has when it does not drain.
        using var process = Start(
            "Bookinfo.Details", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "6"), ("STOP_WHEN_STDIN_CLOSES", "true"));
        await UntilReadyAsync(port);
        process.StandardInput.Close();
        var (code, output, _) = await EndAsync(process);
        Assert.Equal(0, code);
        Assert.Contains("\"ServiceStopped\"", output, StringComparison.Ordinal);
    }

    /// <summary>Who follows the log of a rollout would otherwise see nothing while the service is unready.</summary>
    [Fact]
    public async Task That_a_service_drains_is_told_when_it_begins_to()
    {
        var log = new RecordedLog();
        var clock = new FakeTimeProvider();
        var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            services =>
            {
                log.AddTo(services);
                services.AddSingleton<TimeProvider>(clock);
            },
            "DRAIN_SECONDS=2");
        var stopped = ratings.DisposeAsync().AsTask();
        await Eventually.HoldsAsync("It is not told.", () => log.Of("ServiceDraining").Count == 1);
        Assert.Equal(503, (await RawHttp.GetAsync(ratings.Address, "/health/ready"))!.Status);
        Assert.Equal(200, (await RawHttp.GetAsync(ratings.Address, "/ratings/0"))!.Status);
        Assert.Empty(log.Of("ServiceStopped"));
        await Eventually.HoldsAsync("It does not stop.", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            return stopped.IsCompleted;
        });
        await stopped;
        Assert.Single(log.Of("ServiceStopped"));
        Assert.Single(log.Of("ServiceDraining"));
    }

    [Fact]
    public async Task On_SIGHUP_a_service_ends_in_order_as_well()
    {
        var port = FreePort.Find();
        using var process = Start("Bookinfo.Details", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "0"));
        await UntilReadyAsync(port);
        await SignalAsync(process, "HUP");
        var (code, output, _) = await EndAsync(process);
        Assert.Equal(0, code);
        Assert.Contains("\"ServiceStopped\"", output, StringComparison.Ordinal);
    }

    /// <summary>Whoever starts a program with <c>nohup</c> wants it to outlive the terminal.</summary>
    [Fact]
    public async Task A_service_that_was_told_to_ignore_SIGHUP_does()
    {
        var port = FreePort.Find();
        const string Command = "trap '' HUP; exec dotnet \"$0\"";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Command, WorkingCopy.Assembly("Bookinfo.Details")])
        {
            Environment = { ["ASPNETCORE_HTTP_PORTS"] = $"{port}", ["DRAIN_SECONDS"] = "0" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await UntilReadyAsync(port);
        await SignalAsync(process, "HUP");
        var ignored = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        Assert.Equal(1UL, ulong.Parse(ignored.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1);
        await UntilReadyAsync(port);
        await SignalAsync(process, "TERM");
        Assert.Equal(0, (await EndAsync(process)).Code);
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

    /// <summary>
    /// It would hold up the end of the service until everything is cut off: when the drain period is over, the server looks at no time
    /// any more.
    /// </summary>
    [Fact]
    public async Task Half_a_head_is_turned_away_while_a_service_drains()
    {
        var port = FreePort.Find();
        using var process = Start("Bookinfo.Ratings", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "25"));
        await UntilReadyAsync(port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /ratings/1 HTT"u8.ToArray(), TestContext.Current.CancellationToken);
        await SignalAsync(process, "TERM");
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        process.Kill();
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

    private static Process Start(string project, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [WorkingCopy.Assembly(project)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output, string Errors)> EndAsync(Process process)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
                Eventually.Never, TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
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

    private static async Task UntilReadyAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await UntilAsync(client, HttpStatusCode.OK);
    }

    private static Task UntilAsync(HttpClient client, HttpStatusCode status) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode == status ? "" : $"/health/ready answers {answer.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    });
}
