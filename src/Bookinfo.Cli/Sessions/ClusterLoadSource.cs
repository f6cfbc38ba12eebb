using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Load;

namespace Bookinfo.Cli.Sessions;

/// <summary>Requests from load workers inside a cluster. Its disposal removes them.</summary>
/// <param name="cluster">The cluster; belongs to this from now on.</param>
/// <param name="generator">The workers; likewise.</param>
/// <param name="options">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class ClusterLoadSource(
    ClusterConnection cluster, ClusterGenerator generator, LoadOptions options, StopSignals signals, TimeProvider time) : ILoadSource
{
    /// <inheritdoc/>
    public LoadPlan Plan { get; } = generator.Plan(Load(options, options.Shape, options.Seed, details: true));

    /// <inheritdoc/>
    public string Interrupted => "Interrupted. What the load workers had measured is lost, as it is told only at the end of a run.";

    /// <summary>Connects, and starts the workers.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="workers">Which workers.</param>
    /// <param name="signals">Ctrl-C.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <exception cref="OperationFailedException">
    /// The cluster cannot be reached, a right is missing, nothing is deployed, or a worker cannot become ready.
    /// </exception>
    public static async Task<ClusterLoadSource> StartAsync(
        LoadOptions options, LoadWorkers workers, StopSignals signals, TimeProvider time)
    {
        var cluster = await ClusterConnection.OpenAsync(Kubectl.Find(workers.Context), signals.Stop);
        try
        {
            var space = workers.Namespace ?? DeployedApplication.UsualNamespace;
            var settings = new ClusterGeneratorOptions(
                space, workers.Count, workers.Image, ClusterGeneratorOptions.UsualTarget(space), options.Requests,
                WorkerStart.Patience);
            return new ClusterLoadSource(
                cluster, await WorkerStart.RunAsync(cluster, settings, time, signals.Stop), options, signals, time);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<(LoadResult Result, RunDetails Details)> MeasureAsync(IReadOnlyList<ILoadObserver> observers)
    {
        WorkerRun? run = null;
        var count = options.Workers!.Count;
        await new WorkProgress(time) { TakesLongerAtFirst = false }.RunAsync(
            $"Sending from {(count == 1 ? "a load worker" : $"{count} load workers")} for {Duration.Format(options.Duration)}",
            lastTime: null,
            async _ => run = await generator.RunAsync(
                Load(options, options.Shape, options.Seed, details: true), signals.Stop, signals.Kill));
        return (run!.Result, run.Details!);
    }

    /// <inheritdoc/>
    public async Task<LoadResult> TryAsync(double rate, TimeSpan length, ulong number)
    {
        var profile = new ProfileSettings(ProfileKind.Constant, rate, length.TotalSeconds);
        return (await generator.RunAsync(Load(options, profile, options.Seed + number, details: false), signals.Stop, signals.Kill)).Result;
    }

    /// <summary>Is not known: the target is out of reach from here, and the workers have asked it before they began.</summary>
    /// <inheritdoc/>
    public Task<string?> FindWrongSchemeAsync(Recording total) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await generator.DisposeAsync();
        cluster.Dispose();
    }

    private static ClusterLoad Load(LoadOptions options, ProfileSettings profile, ulong seed, bool details) =>
        new(options.Paths, profile, options.Arrivals, seed, details);
}

/// <summary>Starts load workers, and shows that on stderr.</summary>
internal static class WorkerStart
{
    /// <summary>How long load workers may take to become ready; their image may have to be pulled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Starts them, and waits until they can be told what to do.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="settings">What is asked for.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Ends it; nothing stays behind.</param>
    /// <exception cref="OperationFailedException">
    /// A right is missing, nothing is deployed, the Job is refused, or a worker cannot become ready.
    /// </exception>
    public static async Task<ClusterGenerator> RunAsync(
        ClusterConnection cluster, ClusterGeneratorOptions settings, TimeProvider time, CancellationToken cancellationToken)
    {
        ClusterGenerator? generator = null;
        await new WorkProgress(time).RunAsync(
            $"Starting {(settings.Workers == 1 ? "a load worker" : $"{settings.Workers} load workers")} in namespace {settings.Namespace}",
            lastTime: null,
            async report => generator = await ClusterGenerator.StartAsync(
                cluster, settings, report, text => ToolOutput.Messages.WriteLine($"bookinfo: {text}"), time, cancellationToken));
        return generator!;
    }
}
