using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Every command where stdout or stderr takes nothing: it does its work to the end, and says in one line where that can be said what was
/// lost. There is no stack trace and no abort.
/// </summary>
[Trait("Needs", "native")]
public sealed class UnwritableOutputTests : IDisposable
{
    private const string Lost = "bookinfo: the output could not be written to stdout: ";

    private static readonly string Launcher = Path.Combine(WorkingCopy.Root, "bookinfo");

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    /// <summary>For each command what ends soon: well, or because something is missing or wrong.</summary>
    public static TheoryData<string, string> Commands => new()
    {
        { "", "--version" },
        { "up", "--no-build --port 9083" },
        { "images", "build --no-build --tag -1" },
        { "images build", "--no-build --save /proc/nowhere" },
        { "doctor", "--output json" },
        { "doctor", "" },
        { "deploy", "" },
        { "status", "" },
        { "delete", "" },
        { "load", "http://127.0.0.1:1" },
        { "baseline", "http://127.0.0.1:1" },
        { "compare", "before after" },
        { "compare", "before after --output json" },
        { "ledger", "nowhere" },
        { "canary status", "--port 1" },
        { "scenario show", "slow-ratings" },
        { "scenario schedule", "--for 10m --output json" },
        { "scenario stop", "--url http://127.0.0.1:1" },
        { "completion", "bash" },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Nothing_is_a_stack_trace(string command, string arguments)
    {
        foreach (var sample in new[] { "before", "after" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_directory, $"{sample}.json"),
                BaselineStore.Write(CompareSample.Create()),
                TestContext.Current.CancellationToken);
        }

        foreach (var line in new[] { $"{command} --help", $"{command} --nope", $"{command} {arguments}" })
        {
            await using var usual = Run(line);
            var exitCode = await usual.ExitAsync();
            foreach (var closed in new[] { ">/dev/full", ">&-" })
            {
                await using var run = Run($"{line} {closed}");
                Assert.Equal(
                    (line, closed, Code: usual.Output.Length > 0 ? ExitCode.Failure : exitCode),
                    (line, closed, Code: await run.ExitAsync()));
                Assert.Empty(run.Output);
                // The figures of doctor are other ones each time; what counts is that there is one line more.
                Assert.Equal(usual.Messages.Count(c => c == '\n') + (usual.Output.Length > 0 ? 1 : 0), run.Messages.Count(c => c == '\n'));
                Assert.Equal(usual.Output.Length > 0, run.Messages.Contains(Lost));
            }

            foreach (var closed in new[] { "2>/dev/full", "2>&-" })
            {
                await using var run = Run($"{line} {closed}");
                Assert.Equal(
                    (line, closed, Code: usual.Messages.Length > 0 ? ExitCode.Failure : exitCode),
                    (line, closed, Code: await run.ExitAsync()));
                Assert.Empty(run.Messages);
                Assert.Equal(Lines(usual.Output), Lines(run.Output));
            }

            // How much doctor says depends on what else runs on this machine at the moment.
            int Lines(string output) => line == "doctor " ? Math.Min(1, output.Length) : output.Count(c => c == '\n');

            await using var both = Run($"{line} >&- 2>&- <&-");
            Assert.Equal(ExitCode.Failure, await both.ExitAsync());
        }
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public async Task A_reader_who_leaves_is_no_failure(string format)
    {
        foreach (var sample in new[] { "before", "after" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_directory, $"{sample}.json"),
                BaselineStore.Write(CompareSample.Create()),
                TestContext.Current.CancellationToken);
        }

        // It writes only when the reader has left for certain.
        await using var run = CommandRun.Start(
            "bash", ["-c", $"mkfifo left; exec 3<>left; exec 4>left 3<&-; '{Launcher}' compare before after --output {format} >&4; "
                + "echo $? >&2"], _directory);

        await run.ExitAsync();
        Assert.Equal($"{ExitCode.ReaderLeft}\n", run.Messages);
    }

    [Theory]
    [InlineData(">/dev/full")]
    [InlineData("2>/dev/full")]
    [InlineData(">&-")]
    public async Task A_load_is_sent_and_written_down_to_its_end(string closed)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Run($"load {server.Address}x --rate 50 --duration 1s --ledger ledger --hdr hdr {closed}");

        // On stderr, the files are named.
        Assert.Equal(ExitCode.Failure, await load.ExitAsync());
        Assert.Equal(50, server.Requests);
        using var ledger = new LedgerReader(Path.Combine(_directory, "ledger"));
        Assert.Equal(50, ledger.Read().Count());
        Assert.Contains("Tag=due", await File.ReadAllTextAsync(Path.Combine(_directory, "hdr"), TestContext.Current.CancellationToken));
        Assert.Equal(closed[0] == '2', load.Output.Contains("50 due   50 good"));
        Assert.Equal(closed[0] != '2', load.Messages.Contains(Lost));
    }

    [Fact]
    public async Task A_ledger_is_not_read_on_when_nobody_takes_what_is_in_it()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = Run($"load {server.Address}x --rate 50 --duration 1s --ledger ledger");
        Assert.Equal(ExitCode.Success, await load.ExitAsync());
        await using var run = Run("ledger ledger >/dev/full");

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        // And not how many of all requests were shown.
        Assert.Equal($"{Lost}No space left on device. Redirect it elsewhere.\n", run.Messages);
    }

    [Fact]
    public async Task A_file_of_a_baseline_that_cannot_be_written_takes_nothing_with_it()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", "Content-Type: text/plain\r\n"));
        File.CreateSymbolicLink(Path.Combine(_directory, "b.json"), "/dev/full");
        await using var run = Run($"baseline {server.Address} --name b --overwrite --rates 20 --rounds 1 --step 300ms --warm-up 0s");

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.Contains("Written: b-2.json, b-2.html, b-2.md\n", run.Messages);
        Assert.Contains("bookinfo: 'b.json' could not be written: No space left on device", run.Messages);
        Assert.Single(BaselineStore.Read(Path.Combine(_directory, "b-2.json")).Steps);
        Assert.StartsWith(server.Address.ToString(), run.Output);
    }

    [Fact]
    public async Task A_page_of_a_comparison_that_cannot_be_written_takes_nothing_with_it()
    {
        foreach (var sample in new[] { "before", "after" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_directory, $"{sample}.json"),
                BaselineStore.Write(CompareSample.Create()),
                TestContext.Current.CancellationToken);
        }

        File.CreateSymbolicLink(Path.Combine(_directory, "c.html"), "/dev/full");
        await using var run = Run("compare before after --html c.html --markdown c.md --overwrite");

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.NotEmpty(run.Output);
        Assert.StartsWith("Written: c.md\nbookinfo: --html: the file 'c.html' could not be written: No space left on device", run.Messages);
        Assert.True(File.Exists(Path.Combine(_directory, "c.md")));
        Assert.True(File.Exists(Path.Combine(_directory, "c.html")));
    }

    [Fact]
    public async Task A_file_that_is_to_be_replaced_stays_when_there_is_no_space_for_another()
    {
        foreach (var sample in new[] { "before", "after" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(_directory, $"{sample}.json"),
                BaselineStore.Write(CompareSample.Create()),
                TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(_directory, "c.html"), "mine", TestContext.Current.CancellationToken);
        // No file may have more than 16 KiB, which is less than a page has, and neither may memory that the runtime has in a file.
        const string Limit = "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 16";
        await using var run = Run(
            $"{Limit}; exec dotnet '{CommandRun.ToolAssembly}' compare before after --html c.html --overwrite", launch: false);

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.StartsWith("bookinfo: --html: the file 'c.html' could not be written: ", run.Messages);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_directory, "c.html"), TestContext.Current.CancellationToken));
        Assert.Equal(3, Directory.GetFiles(_directory).Length);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public async Task Up_stops_its_services_in_order_when_it_cannot_say_how_they_are(string format)
    {
        var ports = FreePorts.Find();
        await using var up = Run($"up --no-build --output {format} {string.Join(' ', ports.Options)} >/dev/full");

        Assert.Equal(ExitCode.Failure, await up.ExitAsync());
        Assert.Contains("Stopped.\n", up.Messages);
        Assert.Contains(Lost, up.Messages);
        Assert.DoesNotContain("killed", up.Messages);
        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Up_stops_its_services_in_order_when_its_reader_has_left()
    {
        var ports = FreePorts.Find();
        // Once all are ready, nothing happens that there would be a word to say of.
        await using var up = Run(
            $"bash -c '\"{Launcher}\" up --no-build --output json {string.Join(' ', ports.Options)}; echo $? >&2' | head -n 1",
            launch: false);

        await up.ExitAsync();
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"Stopped.\n{ExitCode.ReaderLeft}\n"), up.Messages);
        await up.NothingSurvivesAsync();
    }

    /// <summary>Runs a command line of a shell, in which no cluster is configured.</summary>
    private CommandRun Run(string line, bool launch = true) => CommandRun.Start(
        "bash", ["-c", launch ? $"exec '{Launcher}' {line}" : line], _directory, new() { ["KUBECONFIG"] = "/nonexistent/kubeconfig" });
}
