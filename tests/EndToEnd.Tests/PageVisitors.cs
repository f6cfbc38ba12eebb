using System.Collections.Concurrent;
using System.Net;

namespace EndToEnd.Tests;

/// <summary>
/// Visitors of the page who note each failure: an answer that does not come or is not 200, and a page with an error where details, reviews
/// or stars should be. Every other one keeps its connections, as browsers do; the rest open one for each request, as curl does.
/// </summary>
internal sealed class PageVisitors : IDisposable
{
    private readonly Uri _page;
    private readonly HttpClient _keeping = Client(Timeout.InfiniteTimeSpan);
    private readonly HttpClient _opening = Client(TimeSpan.Zero);
    private readonly ConcurrentQueue<string> _failures = new();
    private int _views;

    /// <param name="page">The address of the page.</param>
    public PageVisitors(Uri page) => _page = page;

    /// <summary>What went wrong, with the time.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>How many views were asked for and have ended.</summary>
    public int Views => _views;

    /// <summary>
    /// Views at a fixed rate, each when it is due whatever has become of those before (an open loop), until told to stop.
    /// </summary>
    /// <param name="perSecond">Views a second.</param>
    /// <param name="stop">Ends it; what is under way is waited for.</param>
    public async Task VisitAsync(int perSecond, CancellationToken stop)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var views = new List<Task>();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due - time.GetElapsedTime(started) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, time, CancellationToken.None);
            }

            views.Add(ViewAsync(i % 2 == 0 ? _keeping : _opening));
        }

        await Task.WhenAll(views);
    }

    /// <summary>Views one after another by several visitors at once (a closed loop), as fast as they are answered.</summary>
    /// <param name="visitors">How many at once.</param>
    /// <param name="stop">Ends it; what is under way is waited for.</param>
    public Task CrowdAsync(int visitors, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, visitors).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await ViewAsync(_keeping);
            }
        })));

    /// <summary>A single view, on a connection that is kept.</summary>
    public Task VisitOnceAsync() => ViewAsync(_keeping);

    public void Dispose()
    {
        _keeping.Dispose();
        _opening.Dispose();
    }

    private async Task ViewAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(_page);
            var page = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                Failed($"{(int)answer.StatusCode}");
            }
            else if (Deployed.MissingFrom(page) is { } error)
            {
                Failed($"a page that says '{error}'");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Failed(exception.ToString());
        }

        Interlocked.Increment(ref _views);
    }

    private void Failed(string what) => _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}");

    private static HttpClient Client(TimeSpan lifetime) =>
        new(new SocketsHttpHandler { PooledConnectionLifetime = lifetime, UseCookies = false, AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromSeconds(30),
        };
}
