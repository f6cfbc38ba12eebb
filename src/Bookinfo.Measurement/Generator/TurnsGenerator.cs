using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// Sends requests from this process to several systems in turns of one request. Of every n requests to n systems each system gets one, in
/// an order that is random each time. So whatever else the machine does affects all systems alike.
/// </summary>
/// <param name="plans">For each system, the plan that its runs have in common.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class TurnsGenerator(IReadOnlyList<LoadPlan> plans, TimeProvider time)
{
    /// <summary>How long a run waits before it begins, so that the connections to all systems are open by then.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    private ulong _runs;

    /// <summary>Prepares to send, and checks that all systems can be reached.</summary>
    /// <param name="targets">Where the requests go, with the path.</param>
    /// <param name="settings">How requests are sent; the number of connections is that to each system.</param>
    /// <param name="seed">Makes what is random repeatable.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">This process cannot have so many connections.</exception>
    /// <exception cref="TargetException">Nothing answers at one of them.</exception>
    public static async Task<TurnsGenerator> CreateAsync(
        IReadOnlyList<Uri> targets, RequestSettings settings, ulong seed, TimeProvider time, CancellationToken cancellationToken)
    {
        var plans = new List<LoadPlan>();
        foreach (var target in targets)
        {
            plans.Add(
                await LocalGenerator.PlanAsync(target, settings, targets.Count * settings.Connections, seed, time, cancellationToken));
        }

        return new TurnsGenerator(plans, time);
    }

    /// <summary>Sends page views to all systems in turns.</summary>
    /// <param name="rate">Requests a second, to each system.</param>
    /// <param name="duration">For how long requests fall due.</param>
    /// <param name="seed">The seed, a different one in each step.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for requests under way.</param>
    /// <returns>The outcome for each system.</returns>
    public Task<Turns[]> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill)
    {
        var order = new IndexedRandom(seed);
        var startAt = time.GetUtcNow() + Lead;
        _runs++;
        return Task.WhenAll(plans.Select((plan, index) => RunAsync(
            plan with
            {
                Profile = new ConstantProfile(rate * plans.Count, duration.TotalSeconds),
                Arrivals = ArrivalProcess.Jittered,
                Seed = seed,
                TraceSeed = plan.TraceSeed + _runs,
                Share = new Share(index, plans.Count) { Order = order },
                StartAt = startAt,
            },
            stop,
            kill)));
    }

    /// <summary>Sends page views to the first system alone, at the same rate.</summary>
    /// <inheritdoc cref="RunAsync(double, TimeSpan, ulong, CancellationToken, CancellationToken)"/>
    public Task<Turns> RunAloneAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill) =>
        RunAsync(
            plans[0] with
            {
                Profile = new ConstantProfile(rate, duration.TotalSeconds),
                Arrivals = ArrivalProcess.Jittered,
                Seed = seed,
                TraceSeed = plans[0].TraceSeed + ++_runs,
            },
            stop,
            kill);

    private async Task<Turns> RunAsync(LoadPlan plan, CancellationToken stop, CancellationToken kill)
    {
        var samples = new SampleList();
        return new Turns(await LocalGenerator.RunAsync(plan, [samples], time, stop, kill), samples.Samples);
    }

    private sealed class SampleList : ILoadObserver
    {
        public List<Sample> Samples { get; } = [];

        public void Add(in Sample sample) => Samples.Add(sample);
    }
}

/// <summary>The outcome of the turns of one system.</summary>
/// <param name="Result">The run.</param>
/// <param name="Samples">All requests, in the order in which they were recorded.</param>
public sealed record Turns(LoadResult Result, IReadOnlyList<Sample> Samples);
