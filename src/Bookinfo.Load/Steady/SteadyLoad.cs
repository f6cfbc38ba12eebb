namespace Bookinfo.Load;

/// <summary>
/// Sends requests for as long as it runs, as an open loop whose rate can be changed meanwhile. From time to time it makes its requests anew
/// and sends them on new connections, which then reach servers that have come since; the new ones are there before the old ones go, so no
/// arrival waits for that.
/// </summary>
/// <param name="options">How requests are sent.</param>
/// <param name="time">The clock, which must be the system's.</param>
public sealed class SteadyLoad(SteadyOptions options, TimeProvider time)
{
    /// <summary>
    /// Longer than any program runs. The rate of this profile means nothing: when requests are due, <see cref="SteadyArrivals"/> says.
    /// </summary>
    private static readonly ConstantProfile Endless = new(0, TimeSpan.FromDays(36_500).TotalSeconds);

    private readonly SteadyArrivals _arrivals = new(new IndexedRandom(options.Seed), options.Patience, time);
    private ulong _runs;

    /// <summary>How many requests were due and were not sent, because no connection came free in time.</summary>
    public long NotSent => _arrivals.Missed;

    /// <summary>The rate that is asked for now, in requests a second.</summary>
    public double Rate => _arrivals.Rate;

    /// <summary>Changes what is to be sent, from now on.</summary>
    /// <param name="settings">What that is.</param>
    public void Follow(SteadySettings settings) => _arrivals.Follow(settings);

    /// <summary>Sends until it is stopped; then it waits for the requests under way.</summary>
    /// <param name="prepare">Makes the requests. Throws <see cref="TargetException"/> when the target is not there.</param>
    /// <param name="observe">Makes who is told about each request; several may be told at once, each by a thread of its own.</param>
    /// <param name="failed">Is told why requests could not be made. That is tried again.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="ThreadLimitException">This machine allows fewer threads than there are to be connections.</exception>
    public async Task RunAsync(
        Func<ulong, CancellationToken, Task<PreparedRequests>> prepare, Func<TrafficMix, ILoadObserver> observe, Action<string> failed,
        CancellationToken stop)
    {
        Run? current = null;
        try
        {
            while (true)
            {
                var next = await TryStartAsync(prepare, observe, failed, stop);
                if (next is not null)
                {
                    await (current?.EndAsync() ?? Task.CompletedTask);
                    current = next;
                }

                var until = Task.Delay(next is null ? options.Retry : options.Renewal, time, stop);
                // A run ends by itself only when it has failed.
                await await Task.WhenAny(until, current?.Done ?? until);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As it should be.
        }
        finally
        {
            _arrivals.End();
            await (current?.EndAsync() ?? Task.CompletedTask);
        }
    }

    private async Task<Run?> TryStartAsync(
        Func<ulong, CancellationToken, Task<PreparedRequests>> prepare, Func<TrafficMix, ILoadObserver> observe, Action<string> failed,
        CancellationToken stop)
    {
        try
        {
            // Other trace ids in each run: the requests that are made for it have the same numbers each time.
            var traceSeed = options.Seed + ++_runs;
            var requests = await prepare(traceSeed, stop);
            var plan = new LoadPlan(
                requests.Target, requests.Mix, Endless, ArrivalProcess.Even, options.Seed, traceSeed, options.Connections, options.Timeout);
            var run = new Run(plan, requests.Setup, observe(requests.Mix), _arrivals.Take(), time);
            await run.Started;
            return run;
        }
        catch (TargetException exception)
        {
            failed(exception.Message);
            return null;
        }
    }

    /// <summary>Sends one set of requests.</summary>
    private sealed class Run : ILoadObserver
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SteadyArrivals.Lease _lease;

        public Run(LoadPlan plan, IReadOnlyList<Sample> setup, ILoadObserver observer, SteadyArrivals.Lease lease, TimeProvider time)
        {
            _lease = lease;
            Done = new LoadEngine(plan, [observer, this], time) { Arrivals = lease }
                .RunAsync(setup, CancellationToken.None, CancellationToken.None);
        }

        /// <summary>Completes when its connections are open.</summary>
        public Task Started => Task.WhenAny(_started.Task, Done).Unwrap();

        /// <summary>Completes when it has ended.</summary>
        public Task Done { get; }

        void ILoadObserver.Started(DateTimeOffset startedAt) => _started.SetResult();

        /// <summary>Sends what it has taken, waits for the answers, and ends.</summary>
        public Task EndAsync()
        {
            _lease.Close();
            return Done;
        }
    }
}

/// <summary>How requests are sent without an end.</summary>
/// <param name="Connections">How many connections there are, each with at most one request under way.</param>
/// <param name="Timeout">How long a request may take from when it was sent.</param>
/// <param name="Patience">How late a request may be sent; one that finds no connection by then is counted and never sent.</param>
/// <param name="Renewal">How often requests are made anew.</param>
/// <param name="Retry">How soon that is tried again when it has failed.</param>
/// <param name="Seed">Determines arrivals, the choice of requests, and trace ids; a different number in each run.</param>
public sealed record SteadyOptions(int Connections, TimeSpan Timeout, TimeSpan Patience, TimeSpan Renewal, TimeSpan Retry, ulong Seed);
