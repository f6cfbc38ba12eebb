using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Load;
using Bookinfo.Load;
using Bookinfo.Testing;
using HdrHistogram;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo load</c> as a process: what it writes where, how it ends, and what it refuses.</summary>
public sealed partial class LoadTests : IDisposable
{
    // Without its launcher, which has tests of its own.
    private static readonly string Tool = Path.Combine(WorkingCopy.Root, "artifacts", "bin", "Bookinfo.Cli", "release", "bookinfo.dll");

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Reports_in_text_what_it_did()
    {
        await using var server = new LoadServer(LoadServer.Ok("{}", "Content-Type: application/json\r\nServer-Timing: total;dur=1.25\r\n"));
        await using var load = Load($"{server.Address}ratings/0", "--rate", "100", "--duration", "1s");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Equal(100, server.Requests);
        Assert.All(server.Heads, head => Assert.StartsWith("GET /ratings/0 HTTP/1.1", head));
        Assert.StartsWith($"{server.Address}ratings/0\nconstant rate for 1 s, even arrivals, seed 1, 64 connections\n", load.Output);
        Assert.Contains("REQUESTS    100 due   100 good   0 failed\n", load.Output);
        Assert.Matches(@"RATE        100\.0/s asked   \d+\.\d/s achieved\n", load.Output);
        Assert.Matches(@"total +1\.25 ms +1\.25 ms +1\.25 ms +1\.25 ms +1\.25 ms\n", load.Output);
        Assert.Matches(@"GENERATOR   late by .* at p50, .* at p99   \d\.\d\d of \d+ processors\n", load.Output);
        Assert.All(load.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 79));
    }

    [Fact]
    public async Task Writes_json_a_ledger_and_a_log_of_histograms_that_agree()
    {
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, number % 20 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : LoadServer.Ok(), cancellationToken);
            return true;
        });
        var ledger = Path.Combine(_directory, "ledger");
        var hdr = Path.Combine(_directory, "log.hdr");
        await using var load = Load(
            server.Address.ToString(), "--path", "/a", "--path", "/b?c=d", "--rate", "100", "--duration", "2.5s", "--arrivals", "poisson", "--seed", "3",
            "--connections", "16", "--output", "json", "--ledger", ledger, "--hdr", hdr, "--header", "X-Test: yes");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        long Requests(string name) => report.GetProperty("requests").GetProperty(name).GetInt64();
        Assert.Equal(1, report.GetProperty("version").GetInt32());
        Assert.Equal("poisson", report.GetProperty("arrivals").GetString());
        Assert.Equal(server.Requests, Requests("sent"));
        Assert.Equal(server.Requests / 20, Requests("failed"));
        Assert.Equal(server.Requests / 20, report.GetProperty("errors").GetProperty("status 503").GetInt64());
        Assert.Equal(server.Requests, report.GetProperty("fromDue").GetProperty("count").GetInt64());
        Assert.All(server.Heads, head => Assert.Contains("X-Test: yes", head));
        Assert.Equal(["/a", "/b?c=d"], server.Heads.Select(head => head.Split(' ')[1]).Distinct().Order());

        using var reader = new LedgerReader(ledger);
        Assert.True(reader.IsComplete);
        Assert.Equal(server.Requests, reader.Count);
        Assert.Equal(server.Requests / 20, reader.Read().Count(record => record.Status == 503));
        Assert.Equal(["/a", "/b?c=d"], reader.Header.Requests.Select(request => request.Path));

        await using var file = File.OpenRead(hdr);
        Assert.Equal((byte)'#', (byte)file.ReadByte());
        file.Position = 0;
        using var logReader = new HistogramLogReader(file);
        var histograms = logReader.ReadHistograms().ToList();
        Assert.InRange(histograms.Count(histogram => histogram.Tag == "due"), 2, 5);
        var sum = new LongHistogram(Recording.Longest, 3);
        foreach (var histogram in histograms.Where(histogram => histogram.Tag == "due"))
        {
            sum.Add(histogram);
        }

        Assert.Equal(server.Requests, sum.TotalCount);
        Assert.Equal(report.GetProperty("fromDue").GetProperty("p99").GetInt64(), sum.GetValueAtPercentile(99));
        Assert.Equal(report.GetProperty("fromDue").GetProperty("max").GetInt64(), sum.GetValueAtPercentile(100));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_ends_it_and_reports(string signal)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Load($"{server.Address}x", "--rate", "100", "--duration", "1h", "--output", "json");
        await Eventually.HoldsAsync("requests", () => server.Requests > 50);

        await load.SignalGroupAsync(signal);

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.True(report.GetProperty("interrupted").GetBoolean());
        Assert.Equal(server.Requests, report.GetProperty("requests").GetProperty("good").GetInt64());
        Assert.InRange(report.GetProperty("seconds").GetDouble(), 0.4, 600);
    }

    [Fact]
    public async Task A_second_Ctrl_C_does_not_wait_for_what_is_under_way()
    {
        await using var server = new LoadServer(static async (_, _, cancellationToken) =>
        {
            await Task.Delay(-1, cancellationToken);
            return false;
        });
        await using var load = Load($"{server.Address}x", "--rate", "100", "--duration", "1h", "--timeout", "60s", "--output", "json");
        await Eventually.HoldsAsync("requests", () => server.Requests > 5);

        await load.SignalAsync("INT");
        await load.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        Assert.Contains("\"interrupted\": true", load.Output);
        Assert.Contains("\"errors\": {\n    \"interrupted\"", load.Output);
    }

    [Fact]
    public async Task Ctrl_C_before_the_start_ends_it()
    {
        await using var server = new LoadServer(static async (_, _, cancellationToken) =>
        {
            await Task.Delay(-1, cancellationToken);
            return false;
        });
        await using var load = Load(server.Address.ToString(), "--timeout", "60s");
        await Eventually.HoldsAsync("the request for the page", () => server.Requests == 1);

        await load.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        Assert.Equal("Interrupted before the start.\n", load.Messages);
        Assert.Empty(load.Output);
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/")]
    public async Task Says_that_nothing_answers(string path)
    {
        using var closed = new ClosedPort();
        await using var load = Load($"{closed.Address.ToString().TrimEnd('/')}{path}");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Equal(
            $"bookinfo: {closed.Address.ToString().TrimEnd('/')} does not answer: connection refused. Start Bookinfo with 'bookinfo up', or name another address.\n", load.Messages);
        Assert.Empty(load.Output);
    }

    [Fact]
    public async Task Says_that_there_is_no_such_host()
    {
        await using var load = Load("http://nowhere.invalid");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.StartsWith("bookinfo: the host 'nowhere.invalid' cannot be found: ", load.Messages);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "GET /productpage is answered with 404 and no page")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "POST /login is answered with 200 and no cookie, so nobody can sign in")]
    [InlineData("HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/\r\nContent-Length: 0\r\n\r\n", "GET /productpage is answered with 301 and leads to https://shop.example/")]
    public async Task Says_that_it_is_not_Bookinfo(string answer, string what)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, answer.Replace("\r\nContent-Length", "\r\nConnection: close\r\nContent-Length"), cancellationToken);
            return false;
        });
        await using var load = Load(server.Address.ToString());

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Contains($"is not Bookinfo's productpage: {what}. Say with --path what to send instead of the usual mix.", load.Messages);
    }

    [Fact]
    public async Task A_run_in_which_nothing_was_answered_has_an_exit_code_of_its_own()
    {
        // It is there when the run begins, and hangs up on every request.
        await using var server = new LoadServer(static (_, _, _) => Task.FromResult(false));
        await using var load = Load($"{server.Address}x", "--rate", "50", "--duration", "0.5s");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Matches(@"ERRORS +25  100\.00%  connection closed early\n", load.Output);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_is_told_before_the_run()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Load($"{server.Address}x", "--ledger", Path.Combine(_directory, "missing", "ledger"));

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.StartsWith("bookinfo: --ledger: the file '", load.Messages);
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("link", "file")]
    [InlineData("file", "link")]
    [InlineData("below/file", "file")]
    [InlineData("hard", "file")]
    public async Task Two_names_of_one_file_are_refused_before_anything_is_sent(string ledger, string hdr)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "file"), "kept", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_directory, "link"), "file");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "below"), _directory);
        await using var link = CommandRun.Start("ln", ["file", "hard"], _directory);
        Assert.Equal(0, await link.ExitAsync());
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Load($"{server.Address}x", "--ledger", Path.Combine(_directory, ledger), "--hdr", Path.Combine(_directory, hdr));

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Contains("are the same file: name two.", load.Messages);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(_directory, "file"), TestContext.Current.CancellationToken));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("--ledger", "--hdr=other")]
    [InlineData("--hdr", "--ledger=other")]
    public async Task Ctrl_C_ends_the_wait_for_a_reader_of_a_pipe(string option, string other)
    {
        await using var make = CommandRun.Start("mkfifo", ["pipe"], _directory);
        Assert.Equal(0, await make.ExitAsync());
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = CommandRun.Start("dotnet", [Tool, "load", $"{server.Address}x", option, "pipe", other], _directory);
        // That it can be reached is seen before.
        await Eventually.HoldsAsync("connections", () => server.Connections > 0);
        await LoadServer.HoldAsync(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);

        await load.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        Assert.Equal("Interrupted before the start.\n", load.Messages);
    }

    [Theory]
    [InlineData("--ledger")]
    [InlineData("--hdr")]
    public async Task Ctrl_C_ends_the_wait_for_a_reader_who_takes_nothing_and_the_run_is_reported(string option)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        // The pipe is full, and nobody reads.
        await using var reader = CommandRun.Start(
            "bash", ["-c", "mkfifo pipe; exec 3<>pipe; dd if=/dev/zero of=pipe bs=4096 oflag=nonblock 2>/dev/null; echo full; exec sleep infinity"], _directory);
        await reader.LineAsync(line => line == "full");
        await using var load = CommandRun.Start("dotnet", [Tool, "load", $"{server.Address}x", option, "pipe", "--rate", "100", "--duration", "1s", "--output", "json"], _directory);
        await Eventually.HoldsAsync("requests", () => server.Requests == 100);
        // What it waits for then is the end of the file.
        await LoadServer.HoldAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        // The second one is for a machine so slow that the run was not over.
        await load.SignalAsync("INT");
        await load.SignalAsync("INT");

        var exitCode = await load.ExitAsync();
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.Equal(100, report.GetProperty("requests").GetProperty("good").GetInt64());
        Assert.Equal(report.GetProperty("interrupted").GetBoolean() ? ExitCode.Interrupted : ExitCode.Failure, exitCode);
        Assert.Contains($"bookinfo: {option}: the file could not be written: not everything was taken when the wait for it was ended", load.Messages);
    }

    [Theory]
    [InlineData("--ledger= has no value: write one right behind it, or leave it out.", "--ledger=", "http://127.0.0.1:1/x")]
    [InlineData("--rate: has no value", "--rate:", "5")]
    [InlineData("--insecure= has no value", "--insecure=")]
    [InlineData("--hdr '' is not allowed: it must have a value, or be left out.", "--hdr", "")]
    [InlineData("--ledger '--hdrr' is not allowed: that looks like another option. A file of this name is ./--hdrr.", "--ledger", "--hdrr")]
    public async Task An_option_without_its_value_does_not_take_the_next_word(string message, params string[] arguments)
    {
        await using var load = Load(arguments);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", load.Messages);
        Assert.EndsWith("\nTry 'bookinfo load --help'.\n", load.Messages);
    }

    [Fact]
    public async Task A_search_warns_of_redirects()
    {
        await using var server = new LoadServer("HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var load = Load($"{server.Address}x", "--until-saturated", "--rate", "20", "--duration", "3s", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        var warning = Assert.Single(JsonDocument.Parse(load.Output).RootElement.GetProperty("warnings").EnumerateArray());
        Assert.Equal("redirected", warning.GetProperty("code").GetString());
        Assert.Contains(" to https://shop.example/x, ", warning.GetProperty("text").GetString());
    }

    [Fact]
    public async Task More_connections_than_files_may_be_open_are_refused_in_one_line()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = CommandRun.Start("bash", ["-c", $"ulimit -n 1024; exec dotnet '{Tool}' load {server.Address}x --connections 1000"]);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Matches(@"^bookinfo: --connections: 1000 connections do not fit into the limit of 1024 open files, of which the program needs \d+ for itself: take at most \d+ connections, or raise the limit with 'ulimit -n \d+'\.\n$", load.Messages);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task As_many_connections_as_it_says_fit_do()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var tooMany = CommandRun.Start("bash", ["-c", $"ulimit -n 400; exec dotnet '{Tool}' load {server.Address}x --connections 400"]);
        await tooMany.ExitAsync();
        var most = MostConnections().Match(tooMany.Messages).Groups[1].Value;
        await using var load = CommandRun.Start("bash", ["-c", $"ulimit -n 400; exec dotnet '{Tool}' load {server.Address}x --connections {most} --rate 500 --duration 1s --ledger ledger --hdr log"], _directory);

        Assert.True(await load.ExitAsync() == ExitCode.Success, load.ToString());
        Assert.Contains("500 good", load.Output);
        Assert.Contains($"{most} connections", load.Output);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData("", "connection closed early")]
    public async Task A_search_in_which_everything_fails_says_that(string answer, string error)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, answer, cancellationToken);
            return answer.Length > 0;
        });
        await using var load = Load($"{server.Address}x", "--until-saturated", "--rate", "50", "--duration", "4s");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Contains("Not one request was answered as it should be, at whatever rate: ", load.Output);
        Assert.Contains(error, load.Output.Replace('\n', ' '));
        Assert.DoesNotContain("more time", load.Output);
    }

    [Fact]
    public async Task Redirects_are_shown_and_warned_of()
    {
        await using var server = new LoadServer("HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var load = Load($"{server.Address}x", "--rate", "50", "--duration", "0.5s");
        await using var json = Load($"{server.Address}x", "--rate", "50", "--duration", "0.5s", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Contains("STATUS             25  100.00%  301\n", load.Output);
        Assert.Contains("Warning: 25 answers were redirects (301) to https://shop.example/x, and none is", load.Output);
        Assert.Equal(ExitCode.Success, await json.ExitAsync());
        var report = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(25, report.GetProperty("statuses").GetProperty("301").GetInt64());
        Assert.Contains(report.GetProperty("warnings").EnumerateArray(), warning => warning.GetProperty("code").GetString() == "redirected");
    }

    [Fact]
    public async Task Ctrl_C_while_the_last_answers_are_awaited_is_an_interruption()
    {
        await using var server = new LoadServer(static async (_, _, cancellationToken) =>
        {
            await Task.Delay(-1, cancellationToken);
            return false;
        });
        await using var load = Load($"{server.Address}x", "--rate", "20", "--duration", "0.5s", "--timeout", "60s", "--output", "json");
        // All of it has been sent; nothing more falls due, and nothing comes.
        await Eventually.HoldsAsync("requests", () => server.Requests == 10);
        await LoadServer.HoldAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        await load.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.True(report.GetProperty("interrupted").GetBoolean());
        Assert.Equal((10, 0), (report.GetProperty("requests").GetProperty("sent").GetInt32(), report.GetProperty("requests").GetProperty("unsent").GetInt32()));
        Assert.Equal(10, report.GetProperty("errors").GetProperty("interrupted").GetInt32());
        Assert.Equal(0.5, report.GetProperty("seconds").GetDouble());
    }

    [Fact]
    public async Task A_disk_that_gets_full_is_told_after_the_run()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Load($"{server.Address}x", "--rate", "50", "--duration", "0.5s", "--ledger", "/dev/full", "--hdr", "/dev/full");

        Assert.Equal(ExitCode.Failure, await load.ExitAsync());
        Assert.Contains("REQUESTS    25 due   25 good", load.Output);
        Assert.Contains("bookinfo: --ledger: the file could not be written: ", load.Messages);
        Assert.Contains("bookinfo: --hdr: the file could not be written: ", load.Messages);
    }

    [Fact]
    public async Task Finds_the_rate_up_to_which_a_server_of_known_speed_keeps_an_objective()
    {
        // One at a time, 10 ms each: 100 a second, and not one more.
        using var one = new SemaphoreSlim(1);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await one.WaitAsync(cancellationToken);
            try
            {
                await Task.Delay(10, cancellationToken);
            }
            finally
            {
                one.Release();
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        await using var load = Load($"{server.Address}x", "--until-saturated", "--slo", "300ms", "--rate", "20", "--duration", "45s", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        // Trials of 1.5 s: with 120 a second the last would wait for a fifth of that. A busy machine only makes the server slower.
        Assert.InRange(report.GetProperty("highest").GetDouble(), 20, 130);
        Assert.InRange(report.GetProperty("lowestFailed").GetDouble(), 40, 160);
        Assert.Equal(2, report.GetProperty("highestPassed").GetInt32());
        Assert.Contains("left at most", load.Messages);
    }

    [Fact]
    public async Task On_a_terminal_the_figures_stay_live_and_fit_and_the_report_follows()
    {
        await using var server = new LoadServer(LoadServer.Ok("{}", "Content-Type: application/json\r\nServer-Timing: total;dur=1.25, ratings;dur=1\r\n"));
        var command = $"stty cols 80 rows 24; exec dotnet '{Tool}' load {server.Address}x --rate 100 --duration 1h";
        await using var terminal = CommandRun.Start("script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });
        await Eventually.HoldsAsync("a second picture", () => Lines(terminal).Count(line => line.Contains("in flight")) >= 2);

        await terminal.Input.WriteAsync('\x03');
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, await terminal.ExitAsync());
        Assert.All(Lines(terminal), line => Assert.InRange(line.TrimEnd().Length, 0, 79));
        Assert.Contains(Lines(terminal), line => Status().IsMatch(line));
        Assert.Contains(Lines(terminal), line => line.StartsWith("constant rate for ", StringComparison.Ordinal) && line.Contains("(interrupted)"));
        Assert.True(terminal.Output.LastIndexOf("\e[?25h", StringComparison.Ordinal) > terminal.Output.LastIndexOf("\e[?25l", StringComparison.Ordinal));
        await terminal.NothingSurvivesAsync();
    }

    [Theory]
    [InlineData("url 'localhost' is not allowed: it must be http:// or https://", "localhost")]
    [InlineData("url 'ftp://x' is not allowed", "ftp://x")]
    [InlineData("url 'http://user@x' is not allowed", "http://user@x")]
    [InlineData("--rate '0' is not allowed: it must be a number from 0.1 to 1000000.", "--rate", "0")]
    [InlineData("--rate 'many' is not allowed", "--rate", "many")]
    [InlineData("--duration '30' is not allowed: it must be a time from 100ms to 24h, such as 500ms, 30s or 5m.", "--duration", "30")]
    [InlineData("--timeout '61s' is not allowed: it must be a time from 1ms to 60s", "--timeout", "61s")]
    [InlineData("--profile 'saw' is not allowed: it must be constant, ramp, steps, spike or diurnal.", "--profile", "saw")]
    [InlineData("--arrivals 'odd' is not allowed: it must be even or poisson.", "--arrivals", "odd")]
    [InlineData("--connections '0' is not allowed: it must be a whole number from 1 to 4096.", "--connections", "0")]
    [InlineData("url 'http://x/#y' is not allowed", "http://x/#y")]
    [InlineData("url 'http://x:0' is not allowed", "http://x:0")]
    [InlineData("--seed '-1' is not allowed: it must be a whole number from 0 to 9223372036854775807.", "--seed", "-1")]
    [InlineData("--seed '9223372036854775808' is not allowed", "--seed", "9223372036854775808")]
    [InlineData("--path '/x#y' is not allowed: it must begin with / and have no spaces and no fragment (#).", "--path", "/x#y")]
    [InlineData("--ledger and --hdr: '/dev/../tmp/nothing-here' and '/tmp/./nothing-here' are the same file: name two.", "--ledger", "/dev/../tmp/nothing-here", "--hdr", "/tmp/./nothing-here")]
    [InlineData("--hdr: '/dev/stdout' is where the report goes: name another file.", "--hdr", "/dev/stdout")]
    [InlineData("--ledger: '/proc/self/fd/1' is where the report goes", "--ledger", "/proc/self/fd/1")]
    [InlineData("--steps '1.5' is not allowed", "--profile", "steps", "--steps", "1.5")]
    [InlineData("--path 'x' is not allowed: it must begin with / and have no spaces and no fragment (#).", "--path", "x")]
    [InlineData("--header 'Host' is not allowed: it must be 'Name: value'", "--header", "Host")]
    [InlineData("--header 'traceparent: x' is not allowed", "--header", "traceparent: x")]
    [InlineData("--header 'a b: x' is not allowed", "--header", "a b: x")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    [InlineData("--from is of no use without --profile ramp or diurnal.", "--from", "1")]
    [InlineData("--peak is of no use without --profile spike.", "--peak", "1")]
    [InlineData("--steps is of no use without --profile steps.", "--steps", "2")]
    [InlineData("--slo is of no use without --until-saturated.", "--slo", "1s")]
    [InlineData("--ledger cannot be combined with --until-saturated", "--until-saturated", "--ledger", "x")]
    [InlineData("--path is there, and the url has a path as well (/x): say one of the two.", "http://localhost:1/x", "--path", "/y")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var load = Load(arguments);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.StartsWith("bookinfo: ", load.Messages);
        Assert.Contains(message, load.Messages.Split('\n')[0]);
        Assert.Empty(load.Output);
    }

    private static CommandRun Load(params string[] arguments) => CommandRun.Start("dotnet", [Tool, "load", .. arguments]);

    private static string[] Lines(CommandRun terminal) =>
        Control().Replace(terminal.Output, "").Replace("^C", "").Replace('\r', '\n').Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();

    [GeneratedRegex(@"take at most (\d+) connections")]
    private static partial Regex MostConnections();

    [GeneratedRegex(@"^ +\d+ s of 3600 s +\d+/s of 100/s +\d+ in flight +0 failed")]
    private static partial Regex Status();
}
