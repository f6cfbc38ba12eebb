using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.LoadWorker;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>What load workers in a cluster send and measure together, and what they say when a run is interrupted or fails.</summary>
public sealed class ClusterGeneratorRunTests : InClusterRuns
{
    [Fact]
    public async Task Workers_share_a_run_and_the_Job_is_removed_at_the_end()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        var reports = new List<string>();
        await using (var generator = await ClusterGenerator.StartAsync(
            connection, Options(), reports.Add, static _ => { }, TimeProvider.System, Cancelled))
        {
            var result = await generator.RunAsync(101, TimeSpan.FromSeconds(1), 1, Cancelled, Cancelled);

            Assert.Equal((101, 101, 101, 0), (result.Due, result.Total.Good, result.Total.FromDue.TotalCount, result.Unsent));
            Assert.Equal((1.0, false), (result.Seconds, result.Interrupted));
            Assert.Equal(101, Server.Requests);
            Assert.Equal(101, Server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Distinct().Count());
            Assert.All(Server.Heads, head => Assert.StartsWith("GET /productpage?u=test HTTP/1.1\r\n", head, StringComparison.Ordinal));
            Assert.All(Server.Heads, head => Assert.Contains("\r\nA: b\r\n", head, StringComparison.Ordinal));
            // 5 connections, which is 3 and 2, and one of each worker to see that the target answers.
            Assert.Equal(5 + 2, Server.Connections);
            Assert.DoesNotContain($"DELETE {Api}/{Job}", Asked);
        }

        Assert.Equal(["2 of 2 workers are ready"], reports);
        Assert.Single(Asked, $"POST {Api}");
        Assert.Single(Asked, $"DELETE {Api}/{Job}");
    }

    [Fact]
    public async Task The_usual_mix_in_a_profile_is_told_by_what_was_sent_and_when()
    {
        await using var server = new LoadServer(FakePage.AnswerAsync);
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Target = new Uri(server.Address, "/productpage") });

        var run = await generator.RunAsync(Usual(new ProfileSettings(ProfileKind.Spike, 50, 2, Peak: 200)), Cancelled, Cancelled);

        Assert.Equal(server.Requests, run.Result.Total.Sent + run.Result.Total.Setup);
        Assert.Equal(run.Result.Total.Sent, run.Details!.Breakdown.Parts.Sum(part => part.Sent));
        Assert.Equal(3, run.Details.Timeline.Phases.Count);
        Assert.Equal(run.Result.Total.Sent, run.Details.Timeline.Phases.Sum(phase => phase.Sent));
        Assert.Equal(40, run.Details.Timeline.Phases[1].Sent);
        Assert.Contains(run.Details.Breakdown.Groups, group => group.Kind == RequestKind.User);
    }

    [Fact]
    public async Task Workers_that_find_different_pages_are_told_of()
    {
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            // The first page has a style sheet, the second none.
            if (number == 1)
            {
                return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            }

            await LoadServer.SendAsync(
                stream, LoadServer.Ok("<html></html>", "Content-Type: text/html\r\nSet-Cookie: session=s; Path=/\r\n"), cancellationToken);
            return true;
        });
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Target = new Uri(server.Address, "/productpage") });

        await AssertFailsAsync(
            generator.RunAsync(Usual(new ProfileSettings(ProfileKind.Constant, 20, 0.5)), Cancelled, Cancelled), FailureKind.ServiceFailed,
            "^the load workers have found different pages, .*: wait until that is done, and repeat\\.$");
    }

    [Fact]
    public async Task An_interrupted_run_has_what_was_measured_until_then()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        using var stop = new CancellationTokenSource();
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, stop.Token, Cancelled);
        await Eventually.HoldsAsync("requests", () => Server.Requests > 20);
        await stop.CancelAsync();

        var result = await running;
        Assert.True(result.Interrupted);
        Assert.Equal(Server.Requests, result.Total.Good);
    }

    /// <summary>A rate over the time that was planned would be far too low.</summary>
    [Fact]
    public async Task The_phases_of_an_interrupted_run_end_where_it_was_interrupted()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        using var stop = new CancellationTokenSource();
        var load = Usual(new ProfileSettings(ProfileKind.Spike, 100, 600)) with { Paths = ["/productpage"] };
        var running = generator.RunAsync(load, stop.Token, Cancelled);
        await Eventually.HoldsAsync("requests", () => Server.Requests > 20);
        await stop.CancelAsync();

        var (result, details) = await running;
        Assert.True(result.Interrupted);
        var phase = Assert.Single(details!.Timeline.Phases);
        Assert.Equal(result.Seconds, phase.To, 6);
        Assert.Equal(result.Total.Sent, phase.Sent);
        Assert.All(details.Timeline.Slices.SelectMany(slices => slices), slice => Assert.InRange(slice.To, 0, phase.To));
    }

    [Fact]
    public async Task A_run_that_is_interrupted_before_it_begins_ends_as_well()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);

        var result = await generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, new CancellationToken(canceled: true), Cancelled);

        Assert.True(result.Interrupted);
        Assert.Equal(Server.Requests, result.Total.Sent);
    }

    [Fact]
    public async Task The_second_Ctrl_C_waits_for_nothing()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        using var kill = new CancellationTokenSource();
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, Cancelled, kill.Token);
        await Eventually.HoldsAsync("requests", () => Server.Requests > 20);
        await kill.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.HoldsAsync(
            "the end of the runs", () => Workers.TrueForAll(worker => worker.Services.GetRequiredService<RunSlot>().Idle > TimeSpan.Zero));
    }

    [Fact]
    public async Task When_a_worker_is_lost_the_others_end_and_what_became_of_it_is_said()
    {
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        var running = generator.RunAsync(100, TimeSpan.FromMinutes(10), 1, Cancelled, Cancelled);
        await Eventually.HoldsAsync("requests", () => Server.Requests > 20);
        var killed = EndedPod(2, new V1ContainerStateTerminated { ExitCode = 137, Reason = "OOMKilled" });
        Cluster.Put(Pods, new V1PodList { Items = [Pod(1), killed] });
        await Workers[1].DisposeAsync();

        await AssertFailsAsync(
            running, FailureKind.ServiceFailed, @"^load worker 2 of 2 \(w-2\): the connection was lost \(.+\): container load-worker was "
                + @"ended because it used more memory than its limit of 64Mi \(OOMKilled\)\.$");
        await Eventually.HoldsAsync("the end of the other", () => Workers[0].Services.GetRequiredService<RunSlot>().Idle > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_told_of()
    {
        using var closed = new ClosedPort();
        await AddWorkersAsync(2);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection, Options() with { Target = new Uri(closed.Address, "/productpage") });

        await AssertFailsAsync(
            RunAsync(generator), FailureKind.TargetUnreachable, @"^load worker [12] of 2 \(w-[12]\): http://127\.0\.0\.1:\d+ does not "
                + @"answer: connection refused\. ");
    }

    [Fact]
    public async Task Clocks_that_differ_are_told_of()
    {
        var ahead = TimeProvider.System.GetUtcNow().AddSeconds(20).ToString("O", CultureInfo.InvariantCulture);
        await using var other = new LoadServer(LoadServer.Ok($$"""{"now":"{{ahead}}"}"""));
        await AssertRunFailsAsync(
            other, FailureKind.ServiceFailed, @"^the clocks of the nodes differ by (19|20|2\d) s, so the load workers cannot begin "
                + @"together: synchronize them");
    }

    [Fact]
    public async Task What_is_no_worker_of_this_version_is_told_of()
    {
        await using var other = new LoadServer(LoadServer.Ok("<html>"));
        await AssertRunFailsAsync(
            other, FailureKind.ServiceFailed, @"^load worker 2 of 2 \(w-2\): its answer is not understood \(.+\); its image must be of the "
                + @"same version as bookinfo\.$");
    }

    private static ClusterLoad Usual(ProfileSettings profile) => new([], profile, ArrivalProcess.Even, Seed: 1, Details: true);

    private static Task<LoadResult> RunAsync(ClusterGenerator generator) =>
        generator.RunAsync(10, TimeSpan.FromSeconds(1), 1, Cancelled, Cancelled);

    /// <summary>Runs a worker of ours and another server in the place of the second one.</summary>
    private async Task AssertRunFailsAsync(LoadServer other, FailureKind kind, string pattern)
    {
        await AddWorkersAsync(1);
        AddPods(other.Address);
        using var connection = await ConnectAsync();
        await using var generator = await StartAsync(connection);
        await AssertFailsAsync(RunAsync(generator), kind, pattern);
    }
}
