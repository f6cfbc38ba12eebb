using System.Text.Json;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The logs of pods, followed while pods end, begin and are started again, and while connections are lost: no line is missed, none comes
/// twice, and what cannot be had is not called lost.
/// </summary>
public sealed class PodLogsTests : IDisposable
{
    private const string Stopped = """{"level":"info","service":"x","event":"ServiceStopped","message":"Stopped"}""";

    private static readonly string[] Versions = ["productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "ratings-v1"];

    private readonly SampleLedger _ledger = new SampleLedger { Start = TimeProvider.System.GetUtcNow() }
        .Add(20, version: "v1").Add(20, version: "v2");

    private readonly LoggedPods _pods = new();

    public PodLogsTests()
    {
        foreach (var version in Versions)
        {
            _pods.Start($"{version}-a", version);
        }
    }

    public void Dispose()
    {
        _pods.Dispose();
        _ledger.Dispose();
    }

    [Fact]
    public async Task A_line_for_each_request_and_service_is_right()
    {
        var result = await VerifyAsync(lines => Write(lines));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal("The logs of 5 pods were read.", result.Notes[0]);
    }

    [Theory]
    [InlineData("lost", FindingKind.LineLost)]
    [InlineData("twice", FindingKind.LineTwice)]
    [InlineData("cut", FindingKind.LineCut)]
    public async Task Each_way_in_which_lines_are_spoiled_is_found_as_what_it_is(string how, FindingKind kind)
    {
        var result = await VerifyAsync(lines => Write(lines, (version, own) => version != "details-v1" ? own : how switch
        {
            "lost" => own.Skip(1),
            "twice" => own.Append(own[0]),
            _ => own.Skip(1).Append(own[0] with { Text = own[0].Text[..^10] }),
        }));
        var finding = Assert.Single(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal((kind, 1), (finding.Kind, finding.Missing + finding.Surplus + finding.Count));
    }

    [Fact]
    public async Task The_log_of_a_pod_that_ends_is_read_to_its_end_and_that_of_the_one_in_its_place_as_well()
    {
        var result = await VerifyAsync(
            (lines, isRead) => ReplaceAsync(lines, isRead, old => old.Append(StoppedAfter(old))));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(
            "The logs of 6 pods were read. Ended meanwhile: reviews-v2-a.", result.Notes[0]);
    }

    [Fact]
    public async Task A_pod_that_has_ended_and_is_not_cleared_away_yet_is_read_to_its_end_as_well()
    {
        var result = await VerifyAsync(async (lines, isRead) =>
        {
            Write(lines, (_, own) => own.Append(StoppedAfter(own)));
            await isRead(lines);
            _pods["details-v1-a"].IsDeleted = true;
            _pods["details-v1-a"].Stop();
        });
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal("The logs of 5 pods were read. Ended meanwhile: details-v1-a.", result.Notes[0]);
    }

    [Fact]
    public async Task What_a_pod_that_was_killed_had_yet_to_write_is_not_called_lost()
    {
        var result = await VerifyAsync((lines, isRead) => ReplaceAsync(lines, isRead, old => old.SkipLast(1)));
        Assert.Equal(
            "Missing lines that may not have been there to be shown: 1. reviews-v2-a has ended without logging that it stopped, as one "
            + "that is killed: its last lines may never have been written.",
            Assert.Single(OnlyUntold(result)));
    }

    /// <summary>Lines have the time of their node, and what is missing is looked for by the clock here.</summary>
    [Fact]
    public async Task Nor_is_it_if_the_clock_of_the_node_is_ahead()
    {
        const long Ahead = 10_000_000_000;
        var result = await VerifyAsync(
            (lines, isRead) => ReplaceAsync(
                lines, isRead, old => old.SkipLast(1).Select(line => line with { Time = line.Time + Ahead })),
            new StandingClock(_ledger.Start));
        Assert.StartsWith("Missing lines that may not have been there to be shown: 1. reviews-v2-a has", Assert.Single(OnlyUntold(result)));
    }

    /// <summary>A pod that was evicted stays, and says of its containers whatever it said before, or nothing.</summary>
    [Fact]
    public async Task Nor_is_what_a_pod_that_was_evicted_had_yet_to_write()
    {
        var result = await VerifyAsync(async (lines, isRead) =>
        {
            var last = Of(lines, "details-v1")[^1];
            Write(lines, (version, own) => version == "details-v1" ? own.SkipLast(1) : own);
            await isRead(lines.Where(line => line != last));
            _pods["details-v1-a"].Evict();
        });
        Assert.StartsWith("Missing lines that may not have been there to be shown: 1. details-v1-a has", Assert.Single(OnlyUntold(result)));
        Assert.Equal("The logs of 5 pods were read. Ended meanwhile: details-v1-a.", result.Notes[0]);
    }

    [Fact]
    public async Task What_another_pod_lacks_is_lost_all_the_same()
    {
        var result = await VerifyAsync((lines, isRead) => ReplaceAsync(lines, isRead, old => old, "ratings-v1", lost: 2));
        var finding = Assert.Single(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.LineLost, 2), (finding.Kind, finding.Missing));
    }

    [Fact]
    public async Task A_connection_that_is_lost_again_and_again_loses_no_line_and_doubles_none()
    {
        var asked = 0;
        _pods.Trouble = question => question is { Follow: true, Pod: "details-v1-a" }
            ? new LogTrouble(Lines: 5 * Interlocked.Increment(ref asked))
            : null;
        var result = await VerifyAsync(async (lines, _) =>
        {
            Write(lines);
            await Eventually.HoldsAsync("It is not asked again.", () => asked > 3);
        });
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
    }

    [Fact]
    public async Task A_connection_on_which_nothing_comes_any_more_is_not_waited_for()
    {
        _pods.Trouble = question => question.Follow ? new LogTrouble(Lines: 3, Hangs: true) : null;
        var result = await VerifyAsync(lines => Write(lines));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
    }

    /// <param name="isReadBefore">Whether its lines can be read before it is started again.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_container_wrote_before_it_was_started_again_is_read(bool isReadBefore)
    {
        _pods.Trouble = question => !isReadBefore && question is { Follow: true, Pod: "reviews-v2-a" }
            && _pods["reviews-v2-a"].Previous.Count == 0 ? new LogTrouble(Status: 500) : null;
        var result = await VerifyAsync(async (lines, isRead) =>
        {
            var (old, rest) = Halves(lines, "reviews-v2");
            var pod = _pods["reviews-v2-a"];
            Write(lines, (version, own) => version == "reviews-v2" ? old.Append(StoppedAfter(old)) : own);
            await isRead(isReadBefore ? lines.Except(rest) : []);
            pod.Restart();
            pod.Write(rest);
        });
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
    }

    [Fact]
    public async Task What_was_put_aside_while_the_connection_was_lost_is_not_called_lost()
    {
        var pod = _pods["details-v1-a"];
        var isRotated = false;
        _pods.Trouble = question => question.Pod != pod.Name ? null
            : isRotated ? null
            : pod.Log.Count < 10 ? new LogTrouble(Lines: 5)
            : new LogTrouble(Status: 500);
        var result = await VerifyAsync(async (lines, isRead) =>
        {
            var own = Of(lines, "details-v1");
            Write(lines, (version, all) => version == "details-v1" ? own[..5] : all);
            await isRead(lines.Except(own[5..]));
            pod.Write(own[5..15]);
            pod.Rotate();
            pod.Write(own[15..]);
            isRotated = true;
        });
        var told = Assert.Single(OnlyUntold(result));
        Assert.StartsWith("Missing lines that may not have been there to be shown: 10. The log of details-v1-a was rotated", told);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_in_the_end_is_not_checked()
    {
        var isOver = false;
        _pods.Trouble = question => question.Pod != "details-v1-a" ? null
            : isOver ? new LogTrouble(Status: 500) : question.Follow ? new LogTrouble(Lines: 3, Hangs: true) : null;
        var result = await VerifyAsync(lines =>
        {
            Write(lines);
            isOver = true;
        });
        Assert.Contains("The log of details-v1-a cannot be read to its end: ", Assert.Single(OnlyUntold(result)));
    }

    [Fact]
    public async Task A_time_of_which_nobody_knows_which_pods_there_were_is_not_checked()
    {
        var token = TestContext.Current.CancellationToken;
        var run = await _ledger.ExpectAsync();
        var time = new FakeTimeProvider(run.Start);
        using var source = new LogSource(await _pods.OpenAsync(time), TimeSpan.FromSeconds(1), TimeProvider.System);
        await source.PrepareAsync(static _ => { }, token);
        _pods.HasLists = false;
        time.Advance(TimeSpan.FromSeconds(30));
        Write(MadeLine.Of(run), (version, own) => version == "details-v1" ? own.Skip(1) : own);
        _pods.HasLists = true;
        Assert.Matches(
            "^Missing lines that may not have been there to be shown: 1. For [0-9]+ s the cluster did not list its pods: one may have "
            + "come and gone.$",
            Assert.Single(OnlyUntold(await source.CheckAsync(run, static _ => { }, token))));
    }

    [Fact]
    public async Task Of_a_run_that_is_over_nobody_knows_which_pods_there_were()
    {
        var run = await _ledger.ExpectAsync();
        Write(MadeLine.Of(run), (version, own) => version == "details-v1" ? own.Skip(3) : own);
        using var source = new LogSource(await _pods.OpenAsync(), TimeSpan.FromSeconds(1), TimeProvider.System);
        var result = await source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        Assert.StartsWith(
            "Missing lines that may not have been there to be shown: 3. A pod that was there during the run may be gone",
            Assert.Single(OnlyUntold(result)));
    }

    [Fact]
    public async Task Who_may_not_read_logs_learns_it_before_the_run()
    {
        _pods.Cluster.Denies = right => right == "get pods/log";
        var failure = await FailAsync();
        Assert.Equal(
            (FailureKind.NotAllowed, "you are not allowed to get pods/log in namespace 'bookinfo'. Check with 'kubectl auth can-i get pods "
                + "--subresource=log --namespace bookinfo'; a cluster administrator can grant it."),
            (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task A_namespace_without_pods_has_no_logs()
    {
        _pods.Cluster.Put("/api/v1/configmaps", new V1ConfigMapList { Items = [] });
        foreach (var version in Versions)
        {
            _pods.Delete($"{version}-a");
        }

        Assert.Equal(FailureKind.NotDeployed, (await FailAsync()).Kind);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_told_of()
    {
        _pods.HasLists = false;
        Assert.Equal(FailureKind.ClusterUnreachable, (await FailAsync()).Kind);
    }

    private static List<MadeLine> Of(List<MadeLine> lines, string version) =>
        [.. lines.Where(line => version == $"{line.Service}-{JsonElement.Parse(line.Text).GetProperty("version").GetString()}")];

    private static (List<MadeLine> First, List<MadeLine> Second) Halves(List<MadeLine> lines, string version) =>
        Of(lines, version) is var own ? (own[..(own.Count / 2)], own[(own.Count / 2)..]) : default;

    private static MadeLine StoppedAfter(List<MadeLine> lines) => new(lines[^1].Time + 1, lines[^1].Service, Stopped);

    /// <summary>What could not be checked, if there is nothing else to be said.</summary>
    private static IReadOnlyList<string> OnlyUntold(SignalResult result)
    {
        Assert.Empty(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal(VerificationVerdict.Untold, result.Verdict);
        return Assert.Single(result.Checks).NotChecked;
    }

    private async Task<OperationFailedException> FailAsync()
    {
        using var source = new LogSource(await _pods.OpenAsync(), Eventually.Never, TimeProvider.System);
        return await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
    }

    private Task<SignalResult> VerifyAsync(Action<List<MadeLine>> write) => VerifyAsync((lines, _) =>
    {
        write(lines);
        return Task.CompletedTask;
    });

    /// <param name="write">Writes the lines of the run, and may wait until lines have been read.</param>
    /// <param name="time">The clock of those who read logs; the machine's if there is none.</param>
    private async Task<SignalResult> VerifyAsync(
        Func<List<MadeLine>, Func<IEnumerable<MadeLine>, Task>, Task> write, TimeProvider? time = null)
    {
        var token = TestContext.Current.CancellationToken;
        var run = await _ledger.ExpectAsync();
        var logs = await _pods.OpenAsync(time);
        using var source = new LogSource(logs, TimeSpan.FromSeconds(1), TimeProvider.System);
        await source.PrepareAsync(static _ => { }, token);
        await write(MadeLine.Of(run), lines => Eventually.HoldsAsync(async () =>
            await logs.GetSizeAsync(run, token) >= lines.Sum(line => line.Text.Length + 1) ? "" : "that the lines are read"));
        return await source.CheckAsync(run, static _ => { }, token);
    }

    /// <summary>Has each pod write its lines.</summary>
    /// <param name="lines">The lines of all.</param>
    /// <param name="edit">What is made of those of a version.</param>
    private void Write(List<MadeLine> lines, Func<string, List<MadeLine>, IEnumerable<MadeLine>>? edit = null)
    {
        foreach (var version in Versions)
        {
            var own = Of(lines, version);
            _pods[$"{version}-a"].Write(edit?.Invoke(version, own) ?? own);
        }
    }

    /// <summary>Has all pods write their lines, and another pod of reviews come in the place of the one that is there.</summary>
    private async Task ReplaceAsync(
        List<MadeLine> lines, Func<IEnumerable<MadeLine>, Task> isRead, Func<List<MadeLine>, IEnumerable<MadeLine>> edit,
        string also = "", int lost = 0)
    {
        var (old, rest) = Halves(lines, "reviews-v2");
        Write(lines, (version, own) => version == "reviews-v2" ? edit(old) : version == also ? own.Skip(lost) : own);
        await isRead(lines.Except(rest).Except(Of(lines, also).Take(lost)).Except(old.TakeLast(1)));
        _pods.Start("reviews-v2-b", "reviews-v2").Write(rest);
        _pods.Delete("reviews-v2-a");
    }

    /// <summary>A clock on the wall that stands still, while everything else goes on.</summary>
    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
