using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo ledger</c> as a process: that it shows what the server has seen, and what it refuses.</summary>
public sealed class LedgerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    private string Ledger => Path.Combine(_directory, "ledger");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Shows_every_request_with_the_trace_id_that_it_was_sent_with()
    {
        await using var server = await RecordAsync();

        var csv = await ShowAsync("--csv");
        var rows = csv.Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(
            "due,due_ms,sent_ms,duration_ms,latency_ms,trace_id,span_id,kind,method,path,status,error,version,details_ms,reviews_ms,"
            + "ratings_ms,total_ms,connection_was_free",
            csv[0]);
        Assert.Equal(100, rows.Count);
        Assert.Equal(
            server.Heads.Select(TraceId).Order(StringComparer.Ordinal), rows.Select(row => row[5]).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(("path", "GET", "/x"), (row[7], row[8], row[9])));
        Assert.Equal(5, rows.Count(row => row[10] == "503" && row[11] == "status"));
        Assert.All(rows.Where(row => row[10] == "200"), row => Assert.Equal(("", "3.25", "5"), (row[11], row[13], row[15])));

        var json = (await ShowAsync("--json")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(rows.Select(row => row[5]), json.Select(line => line.GetProperty("traceId").GetString()));
        Assert.Equal(5000, json.First(line => line.GetProperty("status").GetInt32() == 200).GetProperty("hopMicroseconds")
            .GetProperty("ratings").GetInt32());

        var text = await ShowAsync();
        Assert.Equal(101, text.Count);
        Assert.StartsWith("   DUE s       MS  STATUS  VER  TRACE", text[0]);
    }

    [Theory]
    [InlineData(5, "status>=500")]
    [InlineData(95, "status!=503")]
    [InlineData(95, "error=none")]
    [InlineData(95, "ratings>=5ms")]
    [InlineData(0, "ratings>5ms")]
    [InlineData(0, "status=200", "status=503")]
    [InlineData(100, "due<1s", "latency>0us", "kind=path")]
    public async Task Shows_those_for_which_all_conditions_hold(int count, params string[] conditions)
    {
        await using var server = await RecordAsync();

        await using var run = Start([.. conditions.SelectMany(condition => new[] { "--where", condition }), "--csv"]);
        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Equal(count + 1, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Equal($"{count} of 100 requests.\n", run.Messages);
    }

    [Fact]
    public async Task One_request_is_found_by_its_trace_id()
    {
        await using var server = await RecordAsync();
        var id = TraceId(server.Heads[7]);

        Assert.Contains(id, Assert.Single((await ShowAsync("--json", "--where", $"trace={id}"))));
    }

    [Fact]
    public async Task A_ledger_that_was_cut_off_is_shown_as_far_as_it_goes()
    {
        await using var server = await RecordAsync();
        await using (var file = new FileStream(Ledger, FileMode.Open))
        {
            file.SetLength(file.Length - 60);
        }

        await using var run = Start("--json");
        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Equal(99, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Equal("99 of 99 requests; the ledger was cut off, so later requests may be missing.\n", run.Messages);
    }

    [Fact]
    public async Task What_is_no_ledger_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "text"), "no ledger at all", TestContext.Current.CancellationToken);
        await using var server = await RecordAsync();
        foreach (var (message, arguments) in new (string, string[])[]
        {
            ("there is no file 'missing'. 'bookinfo load --ledger FILE' writes one.", ["missing"]),
            ("'text' is not a ledger: it does not begin with the signature of one.", ["text"]),
            ("'.' cannot be read: it is a directory", ["."]),
            (
                "--where: 'ledger' has no field 'orders'. Its hops are details, reviews, ratings, total.",
                ["ledger", "--where", "orders>1ms"]),
            (
                "--where: 'ledger' has no kind 'page'. There are path, visitor, user, api, asset, setup.",
                ["ledger", "--where", "kind=page"]),
            ("--where: 'ledger' has no version 'v9'. There are v1, v2, v3, other, missing, none.", ["ledger", "--where", "version=v9"]),
            (
                "--where: 'ledger' has no error 'status 503'. There are none, connection refused, ",
                ["ledger", "--where", "error!=status 503"]),
            ("--where: 'ledger' has no method 'PUT'. There are GET.", ["ledger", "--where", "method=PUT"]),
            ("--where: 'ledger' has no path '/y'. There are /x.", ["ledger", "--where", "path=/y"]),
            ("--where: 'ledger' has no trace 'abc': it must be 32 hexadecimal digits.", ["ledger", "--where", "trace=abc"]),
            ("--where 'status>=x' is not allowed: it must be a field, one of = != ", ["ledger", "--where", "status>=x"]),
            ("--csv and --json cannot be combined.", ["ledger", "--csv", "--json"]),
        })
        {
            await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "ledger", .. arguments], _directory);
            Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
            Assert.StartsWith($"bookinfo: {message}", run.Messages);
            Assert.Empty(run.Output);
        }
    }

    [Theory]
    [InlineData("mkfifo pipe; exec \"$@\" pipe", "pipe")]
    [InlineData("\"$@\" <(cat ledger)", "/dev/fd/")]
    [InlineData("exec \"$@\" /dev/zero", "/dev/zero")]
    public async Task A_pipe_is_not_waited_for(string script, string name)
    {
        await using var server = await RecordAsync();
        await using var run = CommandRun.Start("bash", ["-c", script, "bash", "dotnet", CommandRun.ToolAssembly, "ledger"], _directory);
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: '{name}", run.Messages);
        Assert.Contains("' is a pipe or a device, ", run.Messages);
    }

    private static string TraceId(string head) =>
        head.Split('\n').Single(line => line.StartsWith("traceparent:", StringComparison.OrdinalIgnoreCase)).Split('-')[1];

    /// <summary>A hundred requests, of which each twentieth fails.</summary>
    private async Task<LoadServer> RecordAsync()
    {
        var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                number % 20 == 0
                    ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
                    : LoadServer.Ok("page", BaselineRuns.ServerTiming),
                cancellationToken);
            return true;
        });
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "100", "--duration", "1s", "--connections", "4", "--ledger", Ledger);
        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        return server;
    }

    private async Task<IReadOnlyList<string>> ShowAsync(params string[] options)
    {
        await using var run = Start(options);
        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        return run.Output.TrimEnd('\n').Split('\n');
    }

    private CommandRun Start(params string[] options) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "ledger", Ledger, .. options]);
}
