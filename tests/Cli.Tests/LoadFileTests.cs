using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using HdrHistogram;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// The files that <c>load</c> writes, <c>--ledger</c> and <c>--hdr</c>: that they agree with the report, and what becomes of a run whose
/// files cannot be written.
/// </summary>
public sealed class LoadFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Writes_json_a_ledger_and_a_log_of_histograms_that_agree()
    {
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                number % 20 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : LoadServer.Ok(),
                cancellationToken);
            return true;
        });
        var ledger = Path.Combine(_directory, "ledger");
        var hdr = Path.Combine(_directory, "log.hdr");
        await using var load = LoadCommandRun.Start(
            server.Address.ToString(), "--path", "/a", "--path", "/b?c=d", "--rate", "100", "--duration", "2.5s", "--arrivals", "poisson",
            "--seed", "3",
            "--connections", "16", "--output", "json", "--ledger", ledger, "--hdr", hdr, "--header", "X-Test: yes");

        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        Assert.Contains($"Written: {ledger}\nWritten: {hdr}\n", load.Messages);
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

    [Fact]
    public async Task A_ledger_that_cannot_be_written_is_told_before_the_run()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start($"{server.Address}x", "--ledger", Path.Combine(_directory, "missing", "ledger"));

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
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--ledger", Path.Combine(_directory, ledger), "--hdr", Path.Combine(_directory, hdr));

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Contains("are the same file: name two.", load.Messages);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(_directory, "file"), TestContext.Current.CancellationToken));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("--ledger")]
    [InlineData("--hdr")]
    public async Task A_file_that_another_run_writes_is_refused_and_left_as_it_is(string option)
    {
        var file = Path.Combine(_directory, "file");
        await using var server = new LoadServer(LoadServer.Ok());
        await using var first = LoadCommandRun.Start($"{server.Address}x", "--rate", "100", "--duration", "1h", option, file);
        await first.DoesAsync("a file", () => File.Exists(file) && new FileInfo(file).Length > 0);
        await using var second = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "100", "--duration", "100ms", option, file, "--overwrite");

        Assert.Equal(ExitCode.InvalidUsage, await second.ExitAsync());
        Assert.StartsWith($"bookinfo: {option}: the file '{file}' cannot be written: ", second.Messages);
        Assert.Empty(second.Output);
        await first.SignalAsync("INT");
        Assert.Equal(ExitCode.Interrupted, await first.ExitAsync());
        if (option == "--ledger")
        {
            using var reader = new LedgerReader(file);
            Assert.True(reader.IsComplete);
            Assert.All(reader.Read(), record => Assert.Equal(200, record.Status));
        }
    }

    [Theory]
    [InlineData("--ledger", "--hdr=other")]
    [InlineData("--hdr", "--ledger=other")]
    public async Task Ctrl_C_ends_the_wait_for_a_reader_of_a_pipe(string option, string other)
    {
        await using var make = CommandRun.Start("mkfifo", ["pipe"], _directory);
        Assert.Equal(0, await make.ExitAsync());
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = CommandRun.Start(
            "dotnet", [CommandRun.ToolAssembly, "load", $"{server.Address}x", option, "pipe", other], _directory);
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
    [InlineData("--html")]
    public async Task Ctrl_C_ends_the_wait_for_a_reader_who_takes_nothing_and_the_run_is_reported(string option)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        // The pipe is full, and nobody reads.
        await using var reader = CommandRun.Start(
            "bash", ["-c", "mkfifo pipe; exec 3<>pipe; dd if=/dev/zero of=pipe bs=4096 oflag=nonblock 2>/dev/null; "
                + "echo full; exec sleep infinity"], _directory);
        await reader.LineAsync(line => line == "full");
        await using var load = CommandRun.Start("dotnet",
        [
            CommandRun.ToolAssembly, "load", $"{server.Address}x", option, "pipe", "--overwrite", "--rate", "100", "--duration", "1s",
            "--output", "json",
        ], _directory);
        await Eventually.HoldsAsync("requests", () => server.Requests == 100);
        // What it waits for then is the end of the file.
        await LoadServer.HoldAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        await load.SignalAsync("INT");
        var end = load.ExitAsync();
        var patience = LoadServer.HoldAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var again = await Task.WhenAny(end, patience) == patience;
        if (again)
        {
            // The machine is so slow that the run was not over; or that the process has not ended yet, which this then does.
            await load.InterruptAgainAsync();
        }

        var exitCode = await end;
        var report = JsonDocument.Parse(load.Output).RootElement;
        Assert.Equal(100, report.GetProperty("requests").GetProperty("good").GetInt64());
        Assert.Contains(exitCode, report.GetProperty("interrupted").GetBoolean() ? [ExitCode.Interrupted]
            : again ? new[] { ExitCode.Failure, ExitCode.Interrupted }
            : [ExitCode.Failure]);
        Assert.Contains(
            $"bookinfo: {option}: the file {(option == "--html" ? "'pipe' " : "")}could not be written: some data was still unwritten when "
                + "the wait was given up",
            load.Messages);
    }

    [Theory]
    [InlineData("--ledger")]
    [InlineData("--hdr")]
    public async Task A_file_that_exists_is_replaced_only_when_told_to_and_an_empty_one_is_used(string option)
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "kept", TestContext.Current.CancellationToken);
        await using var server = new LoadServer(LoadServer.Ok());
        string[] arguments = [$"{server.Address}x", "--rate", "50", "--duration", "100ms", option, file];

        await using (var refused = LoadCommandRun.Start(arguments))
        {
            Assert.Equal(ExitCode.InvalidUsage, await refused.ExitAsync());
            Assert.Equal(
                $"bookinfo: {option}: the file '{file}' exists. Name another one, or say --overwrite.\n", refused.Messages);
            Assert.Equal("kept", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }

        await using (var told = LoadCommandRun.Start([.. arguments, "--overwrite"]))
        {
            Assert.Equal(ExitCode.Success, await told.ExitAsync());
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.False(text.StartsWith("kept", StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using var empty = LoadCommandRun.Start(arguments);
        Assert.Equal(ExitCode.Success, await empty.ExitAsync());
        Assert.NotEqual(0, new FileInfo(file).Length);
    }

    [Fact]
    public async Task A_disk_that_gets_full_is_told_after_the_run()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "50", "--duration", "0.5s", "--ledger", "/dev/full", "--hdr", "/dev/full");

        Assert.Equal(ExitCode.Failure, await load.ExitAsync());
        Assert.Contains("REQUESTS    25 due   25 good", load.Output);
        Assert.Contains("bookinfo: --ledger: the file could not be written: ", load.Messages);
        Assert.Contains("bookinfo: --hdr: the file could not be written: ", load.Messages);
        Assert.DoesNotContain("Written: ", load.Messages);
    }
}
