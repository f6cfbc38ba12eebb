using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Lines of the real services in files: as they are, they have a line for each request and service; and whatever an editor makes of them
/// is found as what it is.
/// </summary>
/// <param name="system">The lines.</param>
public sealed class LogSourceTests(LoggedSystem system) : IClassFixture<LoggedSystem>
{
    private const string Lost = "a line lost";
    private const string Twice = "a line twice";
    private const string Cut = "a line cut";
    private const string Strange = "a line of a service that had not served the request";

    private const string Finished = "\"event\":\"RequestFinished\"";

    /// <summary>What is made of the lines, and of log records on their way (<see cref="AspireSpansTests"/>).</summary>
    public static IReadOnlyList<string> Sabotages { get; } = [Lost, Twice, Cut, Strange, TracedSystem.LostLine, TracedSystem.LineTwice];

    [Fact]
    public async Task A_line_for_each_request_and_service_is_right()
    {
        using var source = new LogSource(
            new LogFiles(system.Write((_, lines) => lines)), Eventually.Never, new FakeTimeProvider(system.Run.End.AddMinutes(1)));
        var result = await source.CheckAsync(system.Run, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        var check = Assert.Single(result.Checks);
        Assert.Equal(system.Run.Counts.Logged.Total, check.Expected);
        Assert.Equal(system.Run.Counts.Logged.Total.Low, check.Seen);
        // It was there long before.
        Assert.True(result.VisibleWhenFirstAsked);
        Assert.NotNull(result.VisibleAfter);
        Assert.Matches($"^Cost: {check.Seen} access lines, [0-9.]+ per request\\.$", result.Notes[^1]);
    }

    [Fact]
    public async Task The_order_of_lines_and_lines_of_others_do_not_matter()
    {
        var result = await CheckAsync((_, lines) => lines.Reverse().Prepend("Unhandled exception: \"something\" {").Append("")
            .Append("""{"event":"RequestFinished","service":"details","version":"v1","trace_id":"0123456789abcdef0123456789abcdef"}"""));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_line_that_is_lost_is_missing(int count)
    {
        var lost = new List<string>();
        var finding = await FindAsync(Lost, "details-v1", lines =>
        {
            lost.AddRange(lines.Where(IsOfRun).Take(count));
            return lines.Except(lost);
        });

        Assert.Equal((FindingKind.LineLost, count), (finding.Kind, finding.Missing));
        Assert.Contains(finding.Examples, example => lost[0].Contains(example.Split(' ')[1], StringComparison.Ordinal)
            && example.Contains("details v1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("the oldest", true, VerificationVerdict.Untold)]
    [InlineData("the oldest", false, VerificationVerdict.Differs)]
    [InlineData("the oldest of one service", true, VerificationVerdict.Differs)]
    [InlineData("some later ones", true, VerificationVerdict.Differs)]
    public async Task The_oldest_that_a_platform_lets_go_are_untold_and_others_lost(
        string gone, bool letsOldestGo, VerificationVerdict verdict)
    {
        var requests = system.Run.Traces.OrderBy(trace => trace.Sent).Select(trace => trace.TraceId)
            .Skip(gone == "some later ones" ? 5 : 0).Take(5).ToList();
        bool IsGone(string service, string line) => (gone != "the oldest of one service" || service == "details-v1")
            && requests.Exists(id => line.Contains(id, StringComparison.Ordinal));
        using var source = new LogSource(
            new BoundedLogs(system.Write((service, lines) => lines.Where(line => !IsGone(service, line))), letsOldestGo),
            TimeSpan.Zero, TimeProvider.System);
        var result = await source.CheckAsync(system.Run, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(verdict, result.Verdict);
        var check = Assert.Single(result.Checks);
        var isSaid = check.NotChecked.Any(why => why.Contains("drops the oldest", StringComparison.Ordinal));
        Assert.Equal(verdict == VerificationVerdict.Untold, isSaid);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_line_that_is_there_twice_is_found(int count)
    {
        var finding = await FindAsync(Twice, "reviews-v2", lines => lines.Concat(lines.Where(IsOfRun).Take(count)));
        Assert.Equal((FindingKind.LineTwice, count), (finding.Kind, finding.Surplus));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-10)]
    public async Task A_line_that_is_cut_is_found_and_its_request_is_not_lost_as_well(int length)
    {
        var finding = await FindAsync(Cut, "ratings-v1", lines =>
        {
            var cut = lines.First(IsOfRun);
            return lines.Select(line => line == cut ? line[..(length < 0 ? line.Length + length : length)] : line);
        });
        Assert.Equal((FindingKind.LineCut, 1), (finding.Kind, finding.Count));
    }

    [Fact]
    public async Task A_line_of_a_service_that_has_not_served_the_request_is_surplus()
    {
        const string Route = "/static/{name}";
        var line = system.Lines["productpage-v1"].First(one => IsOfRun(one) && one.Contains($"\"{Route}\"", StringComparison.Ordinal));
        var finding = await FindAsync(Strange, "details-v1", lines => lines.Append(
            line.Replace("productpage", "details", StringComparison.Ordinal).Replace(Route, "/details/{id?}", StringComparison.Ordinal)));
        Assert.Equal((FindingKind.Surplus, 1), (finding.Kind, finding.Surplus));
    }

    [Fact]
    public async Task Lines_that_come_late_are_waited_for_and_the_delay_is_told()
    {
        var directory = system.Write((process, lines) => process == "details-v1" ? [] : lines);
        var time = new FakeTimeProvider(system.Run.End);
        using var source = new LogSource(new LogFiles(directory), Eventually.Never, time);
        var checking = source.CheckAsync(system.Run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It does not wait.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return time.GetUtcNow() - system.Run.End >= TimeSpan.FromSeconds(3);
        });
        var written = time.GetUtcNow() - system.Run.End;
        File.WriteAllLines(Path.Combine(directory, "details-v1.log"), system.Lines["details-v1"]);
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        var result = await checking;
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.True(result.VisibleAfter >= written, $"{result.VisibleAfter} is less than {written}");
        Assert.False(result.VisibleWhenFirstAsked);
    }

    [Fact]
    public async Task Files_that_others_write_to_are_not_waited_for_longer_than_is_allowed()
    {
        var directory = system.Write((process, lines) => process == "details-v1" ? lines.Except([lines.First(IsOfRun)]) : lines);
        var time = new FakeTimeProvider(system.Run.End);
        using var source = new LogSource(new LogFiles(directory), TimeSpan.FromSeconds(30), time);
        var checking = source.CheckAsync(system.Run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            File.AppendAllText(Path.Combine(directory, "details-v1.log"), "something else\n");
            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        var finding = Assert.Single((await checking).Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.LineLost, 1), (finding.Kind, finding.Missing));
    }

    [Fact]
    public async Task However_many_lines_a_request_has_none_hides_another()
    {
        var result = await CheckAsync((process, lines) =>
            process != "details-v1" ? lines : lines.SelectMany(line => Enumerable.Repeat(line, line == lines.First(IsOfRun) ? 30 : 1)));
        var finding = Assert.Single(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.LineTwice, 29), (finding.Kind, finding.Surplus));
        var example = Assert.Single(finding.Examples);
        Assert.Contains(example.Split(' ')[1], system.Lines["details-v1"].First(IsOfRun), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"event":"RequestFinished","service":"details","trace_id":"0123456789abcdef0123456789abcdef","ver""")]
    [InlineData("""{"event":"RequestFinished","service":"details","trace_id":"0123456789ab""")] // No line of the run is missing.
    public async Task A_line_that_is_cut_and_of_another_run_is_left_aside(string line)
    {
        var result = await CheckAsync((_, lines) => lines.Append(line));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
    }

    [Fact]
    public async Task Examples_of_twins_are_not_those_of_what_is_surplus()
    {
        const string Route = "/static/{name}";
        var line = system.Lines["productpage-v1"].First(one => IsOfRun(one) && one.Contains($"\"{Route}\"", StringComparison.Ordinal));
        var result = await CheckAsync((process, lines) => process != "details-v1" ? lines : lines.Append(lines.First(IsOfRun)).Append(
            line.Replace("productpage", "details", StringComparison.Ordinal).Replace(Route, "/details/{id?}", StringComparison.Ordinal)));
        var findings = result.Checks.SelectMany(check => check.Findings).ToList();
        Assert.Equal([FindingKind.LineTwice, FindingKind.Surplus], findings.Select(finding => finding.Kind));
        Assert.Contains(Assert.Single(findings[0].Examples).Split(' ')[1], system.Lines["details-v1"].First(IsOfRun));
        Assert.Contains(Assert.Single(findings[1].Examples).Split(' ')[1], line);
    }

    [Fact]
    public async Task Says_that_there_are_no_logs()
    {
        using var source = new LogSource(new LogFiles("/nothing/here"), Eventually.Never, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.Equal("there is no log at '/nothing/here': name a file, or a directory with files that end in .log.", failure.Message);
    }

    private bool IsOfRun(string line) => line.Contains(Finished, StringComparison.Ordinal)
        && system.Run.Traces.Any(trace => line.Contains(trace.TraceId, StringComparison.Ordinal));

    private async Task<Finding> FindAsync(string sabotage, string process, Func<IReadOnlyList<string>, IEnumerable<string>> edit)
    {
        var result = await CheckAsync((of, lines) => of == process ? edit(lines) : lines);
        Assert.Equal(VerificationVerdict.Differs, result.Verdict);
        SabotageTable.Hold(sabotage, result);
        return Assert.Single(result.Checks.SelectMany(check => check.Findings));
    }

    private async Task<SignalResult> CheckAsync(Func<string, IReadOnlyList<string>, IEnumerable<string>> edit)
    {
        using var source = new LogSource(new LogFiles(system.Write(edit)), TimeSpan.Zero, TimeProvider.System);
        return await source.CheckAsync(system.Run, static _ => { }, TestContext.Current.CancellationToken);
    }

    /// <summary>Files as a platform that may keep only so many lines.</summary>
    private sealed class BoundedLogs(string path, bool letsOldestGo) : ILogStore
    {
        private readonly LogFiles _files = new(path);

        public string Name => _files.Name;

        public IEnumerable<string> Notes => [];

        public bool LetsOldestGo => letsOldestGo;

        public Task ConnectAsync(CancellationToken cancellationToken) => _files.ConnectAsync(cancellationToken);

        public IAsyncEnumerable<string> ReadAsync(RunExpectation run, CancellationToken cancellationToken) =>
            _files.ReadAsync(run, cancellationToken);

        public void Dispose() => _files.Dispose();
    }
}
