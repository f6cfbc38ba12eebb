using System.Net;
using System.Text.Json;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Load.Tests;

/// <summary>What load workers tell of a run beyond its total, and that together it is what one would have told.</summary>
public sealed class LoadWorkerReportTests
{
    private static readonly Uri Run = new(WorkerProtocol.RunPath, UriKind.Relative);

    [Fact]
    public async Task Workers_send_the_usual_mix_in_a_profile_and_tell_what_was_sent_when_as_one_would()
    {
        await using var server = new LoadServer(FakePage.AnswerAsync);
        await using var one = await LoadWorkerTests.StartAsync();
        await using var other = await LoadWorkerTests.StartAsync();
        var order = LoadWorkerTests.Order(server.Address, rate: 100, seconds: 2) with
        {
            Paths = [],
            Profile = new ProfileSettings(ProfileKind.Steps, 100, 2, Steps: 2),
            Arrivals = ArrivalProcess.Poisson,
            Workers = 2,
            Details = true,
            StartAt = TimeProvider.System.GetUtcNow().AddSeconds(3),
        };
        var plan = LoadRunner.Plan(new Uri(order.Url), 1, 1) with { Profile = order.Profile.Create() };

        var parts = await Task.WhenAll(
            OpenAsync(one, order, plan), OpenAsync(other, order with { Worker = 1 }, plan));
        var result = LoadResult.Merge(plan, [.. parts.Select(part => part.Result)]);
        var details = RunDetails.Merge([.. parts.Select(part => part.Details)])!;

        // Ten users signed in, and the page was fetched, once for each.
        Assert.Equal(2 * 11, result.Total.Setup);
        Assert.Equal(server.Requests, result.Total.Sent + result.Total.Setup);
        Assert.Equal(result.Total.Sent, result.Total.Good);
        // A step has a third of the requests, the other two thirds; by chance a little more or less.
        Assert.Equal(2, details.Timeline.Phases.Count);
        Assert.Equal(result.Total.Sent, details.Timeline.Phases.Sum(phase => phase.Sent));
        Assert.InRange(details.Timeline.Phases[0].Sent / (double)result.Total.Sent, 0.2, 0.45);
        Assert.Equal([0L, 0L], result.UnsentByPhase);
        foreach (var kind in new[] { RequestKind.Visitor, RequestKind.User, RequestKind.Api })
        {
            Assert.Equal(
                result.Total.Count(kind),
                details.Breakdown.Parts.Where(part => details.Breakdown.Groups[part.Group].Kind == kind).Sum(part => part.Sent));
            Assert.NotEqual(0, result.Total.Count(kind));
        }

        Assert.Equal(server.Requests, server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Distinct().Count());
    }

    private static async Task<(LoadResult Result, RunDetails Details)> OpenAsync(RunningService worker, WorkerOrder order, LoadPlan plan)
    {
        using var response = await worker.Client.PostAsync(Run, LoadWorkerTests.Content(order), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        var result = JsonSerializer.Deserialize(text, WorkerJson.Default.WorkerResult)!;
        return (result.ToResult(plan), RunDetails.From(result.Details!, plan));
    }
}
