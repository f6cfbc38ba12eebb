using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo load</c> as a process: what it prints, how it ends, and what it refuses.</summary>
public sealed partial class LoadTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Reports_in_text_what_it_did()
    {
        await using var server = new LoadServer(LoadServer.Ok(
            """{"id":0,"ratings":{}}""", "Content-Type: application/json\r\nServer-Timing: total;dur=1.25\r\n"));
        await using var load = LoadCommandRun.Start($"{server.Address}ratings/0", "--rate", "100", "--duration", "1s");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Equal(100, server.Requests);
        Assert.All(server.Heads, head => Assert.StartsWith("GET /ratings/0 HTTP/1.1", head));
        Assert.StartsWith($"{server.Address}ratings/0\nconstant rate for 1 s, even arrivals, seed 1, 64 connections\n", load.Output);
        Assert.Contains("REQUESTS    100 due   100 good   0 failed\n", load.Output);
        Assert.Matches(@"RATE        100\.0/s asked   \d+\.\d/s achieved\n", load.Output);
        Assert.Matches(@"total +1\.25 ms +1\.25 ms +- +- +- +1\.25 ms\n", load.Output);
        Assert.Matches(@"GENERATOR   late by .* at p50, .* at p90   \d\.\d\d of \d+ processors\n", load.Output);
        Assert.All(load.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 79));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_ends_it_and_reports(string signal)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--rate", "100", "--duration", "1h", "--output", "json");
        await Eventually.HoldsAsync("requests", () => server.Requests > 50);

        await load.SignalGroupAsync(signal);

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.True(report.GetProperty("interrupted").GetBoolean());
        Assert.Equal(server.Requests, report.GetProperty("requests").GetProperty("good").GetInt64());
        Assert.InRange(report.GetProperty("seconds").GetDouble(), 0.4, 600);
    }

    [Fact]
    public async Task Of_an_address_with_a_port_http_may_be_left_out()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start(
            $"{server.Address.Authority}/x", "--rate", "50", "--duration", "100ms", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Equal($"{server.Address}x", JsonDocument.Parse(load.Output).RootElement.GetProperty("target").GetString());
    }

    [Fact]
    public async Task A_second_Ctrl_C_does_not_wait_for_what_is_under_way()
    {
        await using var server = new LoadServer(static async (_, _, cancellationToken) =>
        {
            await Task.Delay(-1, cancellationToken);
            return false;
        });
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "100", "--duration", "1h", "--timeout", "60s", "--output", "json");
        await Eventually.HoldsAsync("requests", () => server.Requests > 5);

        await load.SignalAsync("INT");
        await load.InterruptAgainAsync();

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
        await using var load = LoadCommandRun.Start(server.Address.ToString(), "--timeout", "60s");
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
        await using var load = LoadCommandRun.Start($"{closed.Address.ToString().TrimEnd('/')}{path}");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Equal(
            $"bookinfo: {closed.Address.ToString().TrimEnd('/')} does not answer: connection refused. Start Bookinfo with 'bookinfo up', "
            + $"or name another address.\n", load.Messages);
        Assert.Empty(load.Output);
    }

    [Fact]
    public async Task Says_that_there_is_no_such_host()
    {
        await using var load = LoadCommandRun.Start("http://nowhere.invalid");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.StartsWith("bookinfo: the host 'nowhere.invalid' cannot be found: ", load.Messages);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "GET /productpage is answered with 404 and no page")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
        "POST /login is answered with 200 and no cookie, so nobody can sign in")]
    [InlineData(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/\r\nContent-Length: 0\r\n\r\n",
        "GET /productpage is answered with 301 and leads to https://shop.example/")]
    public async Task Says_that_it_is_not_Bookinfo(string answer, string what)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream, answer.Replace("\r\nContent-Length", "\r\nConnection: close\r\nContent-Length"), cancellationToken);
            return false;
        });
        await using var load = LoadCommandRun.Start(server.Address.ToString());

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Contains($"is not Bookinfo's productpage: {what}. Use --path to say what to send instead of the usual mix.", load.Messages);
    }

    [Fact]
    public async Task A_run_in_which_nothing_was_answered_has_an_exit_code_of_its_own()
    {
        // It is there when the run begins, and hangs up on every request.
        await using var server = new LoadServer(static (_, _, _) => Task.FromResult(false));
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--rate", "50", "--duration", "0.5s");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Matches(@"ERRORS +25  100\.00%  connection closed early\n", load.Output);
    }

    [Fact]
    public async Task A_run_in_which_no_answer_came_to_its_end_is_one_of_these()
    {
        await using var server = new LoadServer(static async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", cancellationToken);
            return false;
        });
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--rate", "50", "--duration", "0.5s");

        Assert.Equal(ExitCode.TargetUnreachable, await load.ExitAsync());
        Assert.Matches(@"ERRORS +25  100\.00%  connection closed early\n", load.Output);
    }

    [Theory]
    [InlineData("--ledger= has no value: write one right behind it, or leave it out.", "--ledger=", "http://127.0.0.1:1/x")]
    [InlineData("--rate: has no value", "--rate:", "5")]
    [InlineData("--insecure= has no value", "--insecure=")]
    [InlineData("--hdr '' is not allowed: it must have a value, or be left out.", "--hdr", "")]
    [InlineData("--ledger '--hdrr' is not allowed: that looks like another option. A file of this name is ./--hdrr.", "--ledger", "--hdrr")]
    public async Task An_option_without_its_value_does_not_take_the_next_word(string message, params string[] arguments)
    {
        await using var load = LoadCommandRun.Start(arguments);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", load.Messages);
        Assert.EndsWith("\nTry 'bookinfo load --help'.\n", load.Messages);
    }

    [Fact]
    public async Task More_connections_than_files_may_be_open_are_refused_in_one_line()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = CommandRun.Start(
            "bash", ["-c", $"ulimit -n 1024; exec dotnet '{CommandRun.ToolAssembly}' load {server.Address}x --connections 1000"]);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Matches(@"^bookinfo: --connections: 1000 connections do not fit into the limit of 1024 open files, of which the program "
            + @"needs \d+ for itself: take at most \d+ connections, or raise the limit with 'ulimit -n \d+'\.\n$", load.Messages);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_limit_that_no_connection_fits_into_is_told_to_be_raised()
    {
        await using var load = CommandRun.Start(
            "bash", ["-c", $"ulimit -n 64; exec dotnet '{CommandRun.ToolAssembly}' load http://127.0.0.1:1 --connections 1"]);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Matches(@"needs \d+ for itself: raise the limit with 'ulimit -n \d+'\.\n$", load.Messages);
    }

    [Fact]
    public async Task As_many_connections_as_it_says_fit_do()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var tooMany = CommandRun.Start(
            "bash", ["-c", $"ulimit -n 400; exec dotnet '{CommandRun.ToolAssembly}' load {server.Address}x --connections 400"]);
        await tooMany.ExitAsync();
        var most = MostConnections().Match(tooMany.Messages).Groups[1].Value;
        await using var load = CommandRun.Start("bash", ["-c", $"ulimit -n 400; exec dotnet '{CommandRun.ToolAssembly}' load "
            + $"{server.Address}x --connections {most} --rate 500 --duration 1s --ledger ledger --hdr log"], _directory);

        Assert.True(await load.ExitAsync() == ExitCode.Success, load.ToString());
        Assert.Contains("500 good", load.Output);
        Assert.Contains($"{most} connections", load.Output);
    }

    [Fact]
    public async Task Redirects_are_shown_and_warned_of()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--rate", "50", "--duration", "0.5s");
        await using var json = LoadCommandRun.Start($"{server.Address}x", "--rate", "50", "--duration", "0.5s", "--output", "json");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Contains("STATUS             25  100.00%  301\n", load.Output);
        Assert.Contains("Warning: 25 answers were redirects (301) to https://shop.example/x, and none is", load.Output);
        Assert.Equal(ExitCode.Success, await json.ExitAsync());
        var report = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(25, report.GetProperty("statuses").GetProperty("301").GetInt64());
        Assert.Contains(
            report.GetProperty("warnings").EnumerateArray(), warning => warning.GetProperty("code").GetString() == "redirected");
    }

    [Fact]
    public async Task Ctrl_C_while_the_last_answers_are_awaited_is_an_interruption()
    {
        await using var server = new LoadServer(static async (_, _, cancellationToken) =>
        {
            await Task.Delay(-1, cancellationToken);
            return false;
        });
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "20", "--duration", "0.5s", "--timeout", "60s", "--output", "json");
        // All of it has been sent; nothing more falls due, and nothing comes.
        await Eventually.HoldsAsync("requests", () => server.Requests == 10);
        await LoadServer.HoldAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        await load.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await load.ExitAsync());
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.True(report.GetProperty("interrupted").GetBoolean());
        Assert.Equal((10, 0), (report.GetProperty("requests")
            .GetProperty("sent").GetInt32(), report.GetProperty("requests").GetProperty("unsent").GetInt32()));
        Assert.Equal(10, report.GetProperty("errors").GetProperty("interrupted").GetInt32());
        Assert.Equal(0.5, report.GetProperty("seconds").GetDouble());
    }

    [Fact]
    public async Task On_a_terminal_the_figures_stay_live_and_fit_and_the_report_follows()
    {
        await using var server = new LoadServer(
            LoadServer.Ok("{}", "Content-Type: application/json\r\nServer-Timing: total;dur=1.25, ratings;dur=1\r\n"));
        var command = $"stty cols 80 rows 24; exec dotnet '{CommandRun.ToolAssembly}' load {server.Address}x --rate 100 --duration 1h";
        await using var terminal = CommandRun.Start(
            "script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });
        await Eventually.HoldsAsync("a second picture", () => Lines(terminal).Count(line => line.Contains("in flight")) >= 2);

        await terminal.Input.WriteAsync('\x03');
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, await terminal.ExitAsync());
        Assert.All(Lines(terminal), line => Assert.InRange(line.TrimEnd().Length, 0, 79));
        Assert.Contains(Lines(terminal), line => Status().IsMatch(line));
        Assert.Contains(
            Lines(terminal), line => line.StartsWith("constant rate for ", StringComparison.Ordinal) && line.Contains("(interrupted)"));
        Assert.True(terminal.Output.LastIndexOf("\e[?25h", StringComparison.Ordinal) > terminal.Output.LastIndexOf(
            "\e[?25l", StringComparison.Ordinal));
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
    [InlineData("--arrivals 'odd' is not allowed: it must be even, poisson or jittered.", "--arrivals", "odd")]
    [InlineData("--connections '0' is not allowed: it must be a whole number from 1 to 4096.", "--connections", "0")]
    [InlineData("url 'http://x/#y' is not allowed", "http://x/#y")]
    [InlineData("url 'http://x:0' is not allowed", "http://x:0")]
    [InlineData("--seed '-1' is not allowed: it must be a whole number from 0 to 9223372036854775807.", "--seed", "-1")]
    [InlineData("--seed '9223372036854775808' is not allowed", "--seed", "9223372036854775808")]
    [InlineData("--path '/x#y' is not allowed: it must begin with / and have no spaces and no fragment (#).", "--path", "/x#y")]
    [InlineData(
        "--ledger and --hdr: '/dev/../tmp/nothing-here' and '/tmp/./nothing-here' are the same file: name two.", "--ledger",
        "/dev/../tmp/nothing-here", "--hdr", "/tmp/./nothing-here")]
    [InlineData("--hdr: '/dev/stdout' is where the report goes: name another file.", "--hdr", "/dev/stdout")]
    [InlineData("--ledger: '/proc/self/fd/1' is where the report goes", "--ledger", "/proc/self/fd/1")]
    [InlineData("--steps '1.5' is not allowed", "--profile", "steps", "--steps", "1.5")]
    [InlineData("--path 'x' is not allowed: it must begin with / and have no spaces and no fragment (#).", "--path", "x")]
    [InlineData("--header 'Host' is not allowed: it must be 'Name: value'", "--header", "Host")]
    [InlineData("--header 'traceparent: x' is not allowed", "--header", "traceparent: x")]
    [InlineData("--header 'a b: x' is not allowed", "--header", "a b: x")]
    [InlineData(
        "--header 'X: €' is not allowed: it must have no control characters in its value, and none beyond ISO 8859-1 (U+00FF).",
        "--header", "X: €")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    [InlineData("--from has no effect without --profile ramp or diurnal.", "--from", "1")]
    [InlineData("--peak has no effect without --profile spike.", "--peak", "1")]
    [InlineData("--steps has no effect without --profile steps.", "--steps", "2")]
    [InlineData("--slo has no effect without --until-saturated.", "--slo", "1s")]
    [InlineData("--overwrite has no effect without --html, --ledger or --hdr.", "--overwrite")]
    [InlineData("--workers has no effect without --in-cluster.", "--workers", "2")]
    [InlineData("--worker-image has no effect without --in-cluster.", "--worker-image", "i")]
    [InlineData("--namespace has no effect without --in-cluster.", "--namespace", "shop")]
    [InlineData("--context has no effect without --in-cluster.", "--context", "kind")]
    [InlineData("--workers '101' is not allowed: it must be a whole number from 1 to 100.", "--in-cluster", "--workers", "101")]
    [InlineData(
        "--workers '9' is not allowed: each worker needs a connection, and --connections is 8.", "--in-cluster", "--workers", "9",
        "--connections", "8")]
    [InlineData(
        "--workers '65' is not allowed: each worker needs a connection, and --connections is 64.", "--in-cluster", "--workers", "65")]
    [InlineData(
        "--in-cluster sends to the productpage of --namespace: leave the url out, and name other paths than the usual ones with --path.",
        "http://localhost:1", "--in-cluster")]
    [InlineData(
        "--ledger cannot be combined with --in-cluster: load workers keep no record of every request.", "--in-cluster", "--ledger", "x")]
    [InlineData(
        "--hdr cannot be combined with --in-cluster: load workers keep no record of every request.", "--in-cluster", "--hdr", "x")]
    [InlineData("--ledger cannot be combined with --until-saturated", "--until-saturated", "--ledger", "x")]
    [InlineData("--path is given, but the url has a path as well (/x): use one of the two.", "http://localhost:1/x", "--path", "/y")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var load = LoadCommandRun.Start(arguments);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.StartsWith("bookinfo: ", load.Messages);
        Assert.Contains(message, load.Messages.Split('\n')[0]);
        Assert.Empty(load.Output);
    }

    private static string[] Lines(CommandRun terminal) =>
        Control().Replace(terminal.Output, "").Replace("^C", "").Replace('\r', '\n').Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();

    [GeneratedRegex(@"take at most (\d+) connections")]
    private static partial Regex MostConnections();

    [GeneratedRegex(@"^ +\d+ s of 3600 s +\d+/s of 100/s +\d+ in flight +0 failed")]
    private static partial Regex Status();
}
