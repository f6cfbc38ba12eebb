using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Bookinfo.Traffic;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Sends from inside the cluster: a Job of workers (src/Bookinfo.LoadWorker), each of which has its share of the arrivals. What they have
/// measured is put together exactly. Its disposal removes the Job.
/// </summary>
public sealed class ClusterGenerator : ILoadGenerator
{
    private const string Batch = "batch";

    /// <summary>How long from an order until the first request is due: workers have got it by then, and opened their connections.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    /// <summary>How far workers may begin apart. More than that, and the load is not the one that was asked for.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of the pods is waited for.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long a Job whose creation was not answered is looked for, and how often.</summary>
    private static readonly TimeSpan LatePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LateInterval = TimeSpan.FromSeconds(1);

    private readonly ClusterConnection _cluster;
    private readonly ClusterGeneratorOptions _options;
    private readonly V1Job _job;
    private readonly WorkerPods _pods;
    private readonly Action<string> _say;
    private readonly TimeProvider _time;
    private readonly List<WorkerConnection> _workers = [];

    private ClusterGenerator(ClusterConnection cluster, ClusterGeneratorOptions options, V1Job job, Action<string> say, TimeProvider time)
    {
        _cluster = cluster;
        _options = options;
        _job = job;
        _pods = new WorkerPods(cluster, job, time);
        _say = say;
        _time = time;
    }

    /// <summary>The name of the Job.</summary>
    public string Job => _job.Metadata.Name;

    /// <summary>The rights that it needs.</summary>
    /// <param name="space">The namespace.</param>
    public static IReadOnlyList<Right> Rights(string space) =>
    [
        new("get", "deployments", "apps", space),
        new("create", "jobs", Batch, space),
        new("delete", "jobs", Batch, space),
        new("list", "pods", Namespace: space),
        new("get", "pods", Namespace: space),
        new("list", "events", Namespace: space),
        new("create", "pods/portforward", Namespace: space),
    ];

    /// <summary>Starts the workers, and waits until they can be told what to do.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="say">Is told what went wrong at the end, when there is nobody left to throw to.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Ends it; nothing stays behind.</param>
    /// <exception cref="OperationFailedException">
    /// A right is missing, nothing is deployed, the Job is refused, or a worker cannot become ready.
    /// </exception>
    public static async Task<ClusterGenerator> StartAsync(
        ClusterConnection cluster, ClusterGeneratorOptions options, Action<string> report, Action<string> say, TimeProvider time,
        CancellationToken cancellationToken)
    {
        try
        {
            var space = options.Namespace;
            if (await Right.MissingAsync(cluster.Api, Rights(space), cancellationToken) is { Count: > 0 } missing)
            {
                throw ClusterFailure.NotAllowed(missing);
            }

            var image = await WorkerImage.FindAsync(cluster, space, options.Image, cancellationToken);
            var job = WorkerJob.Create(WorkerJob.NewName(), image, options.Workers, cluster.Version);
            try
            {
                // Whether Ctrl-C has hindered its creation or only its answer could not be told, so it does neither.
                job = await cluster.Api.BatchV1.CreateNamespacedJobAsync(job, space, cancellationToken: CancellationToken.None);
            }
            catch (Exception exception) when (ClusterFailure.MayHaveDone(exception))
            {
                await RemoveLateJobAsync(cluster, job.Metadata.Name, space, say, time);
                throw;
            }

            var generator = new ClusterGenerator(cluster, options, job, say, time);
            try
            {
                await generator.ConnectAsync(report, cancellationToken);
                return generator;
            }
            catch
            {
                await generator.DisposeAsync();
                throw;
            }
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"there is no namespace '{options.Namespace}' in the cluster: name the one of the application with --namespace.");
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, cluster.Config, cancellationToken) is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="OperationFailedException">A worker was lost, or refuses.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="kill"/> was cancelled: what workers have measured until then is lost with them.
    /// </exception>
    public async Task<LoadResult> RunAsync(double rate, TimeSpan duration, ulong seed, CancellationToken stop, CancellationToken kill)
    {
        var profile = new ProfileSettings(ProfileKind.Constant, rate, duration.TotalSeconds);
        var load = new ClusterLoad([_options.Target.PathAndQuery], profile, ArrivalProcess.Even, seed, Details: false);
        return (await RunAsync(load, stop, kill)).Result;
    }

    /// <summary>Sends requests.</summary>
    /// <param name="load">Which, and when.</param>
    /// <param name="stop">Ends it early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without waiting for what is under way.</param>
    /// <returns>What came of it, of all workers together.</returns>
    /// <exception cref="OperationFailedException">A worker was lost, or refuses.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="kill"/> was cancelled: what workers have measured until then is lost with them.
    /// </exception>
    public async Task<WorkerRun> RunAsync(ClusterLoad load, CancellationToken stop, CancellationToken kill)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(kill);
        try
        {
            var start = await AgreeOnStartAsync(abort.Token);
            var plan = Plan(load);
            var running = _workers.Select(
                (worker, index) => worker.RunAsync(Order(load, plan.TraceSeed, index, start), plan, stop, abort.Token)).ToList();
            var parts = await AllOrNoneAsync(running, abort);
            var apart = parts.Max(part => part.Result.StartedAt) - parts.Min(part => part.Result.StartedAt);
            return apart <= Tolerance ? Merge(plan, parts, load.Details) : throw new OperationFailedException(
                FailureKind.ServiceFailed,
                $"the load workers began {Duration.Format(apart)} apart, as connections to "
                + $"{_options.Target.GetLeftPart(UriPartial.Authority)} took so long to open. Take fewer connections or workers, "
                + "and see that the target is well.");
        }
        catch (WorkerException exception)
        {
            throw new OperationFailedException(exception.Kind, await DescribeAsync(exception));
        }
    }

    /// <summary>
    /// What all workers together are to do. Which requests are sent they find out themselves: in the mix of this plan, only the way to read
    /// the answers counts.
    /// </summary>
    /// <param name="load">What is asked for.</param>
    public LoadPlan Plan(ClusterLoad load)
    {
        var target = new LoadTarget(_options.Target, [], _options.Requests.Insecure);
        var page = new RequestTemplate(RequestKind.Path, target.Host, BookinfoTraffic.PagePath, _options.Requests.Headers);
        return new LoadPlan(
            target, new TrafficMix([(page, 1)], BookinfoAnswers.Usual), load.Profile.Create(), load.Arrivals, load.Seed,
            IndexedRandom.NewSeed(), _options.Requests.Connections, _options.Requests.Timeout);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        _workers.Clear();
        var itself = $"Job {Job} in namespace '{_options.Namespace}'";
        try
        {
            // With its pods; and never given up for Ctrl-C, which is when this matters most.
            await _cluster.Api.BatchV1.DeleteNamespacedJobAsync(
                Job, _options.Namespace, propagationPolicy: "Background", cancellationToken: CancellationToken.None);
            if (!await _pods.WaitForEndAsync(EndPatience, CancellationToken.None))
            {
                _say($"{itself} was deleted; the cluster takes long to end its pods.");
            }
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            // Somebody else has removed it, or its namespace.
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, _cluster.Config, CancellationToken.None) is { } explained)
        {
            _say(
                $"{itself} could not be removed: {explained.Message} It ends by itself after some minutes; 'kubectl delete job {Job} "
                + $"--namespace {_options.Namespace}' removes it.");
        }
    }

    /// <summary>
    /// Removes a Job whose creation was not answered: the API server, or what it asks before it makes one, may only be slow.
    /// </summary>
    private static async Task RemoveLateJobAsync(
        ClusterConnection cluster, string name, string space, Action<string> say, TimeProvider time)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < LatePatience)
        {
            try
            {
                await cluster.Api.BatchV1.DeleteNamespacedJobAsync(
                    name, space, propagationPolicy: "Background", cancellationToken: CancellationToken.None);
                return;
            }
            catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, CancellationToken.None))
            {
                // Not there yet, or still no answer.
                await Task.Delay(LateInterval, time, CancellationToken.None);
            }
        }

        say(
            $"Job {name} in namespace '{space}' may still come into being, as the cluster did not answer: 'kubectl delete job {name} "
            + $"--namespace {space} --ignore-not-found' removes it.");
    }

    private async Task ConnectAsync(Action<string> report, CancellationToken cancellationToken)
    {
        foreach (var pod in await _pods.WaitAsync(_options.StartTimeout, report, cancellationToken))
        {
            try
            {
                var way = await PortForward.StartAsync(
                    _cluster.Kubectl, _options.Namespace, $"pod/{pod}", WorkerProtocol.Port, _time, cancellationToken);
                _workers.Add(new WorkerConnection(pod, way.Address, way, _time));
            }
            catch (IOException exception)
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed, $"the load worker {pod} cannot be reached by kubectl port-forward: {exception.Message}");
            }
        }
    }

    /// <summary>
    /// Chooses a moment shortly ahead. Each worker keeps it by the clock of its node; clocks that are synchronized, as those of a cluster
    /// must be, are closer than any message from here could bring them.
    /// </summary>
    private async Task<DateTimeOffset> AgreeOnStartAsync(CancellationToken cancellationToken)
    {
        var clocks = await Task.WhenAll(_workers.Select(worker => worker.AskTimeAsync(cancellationToken)));
        var first = clocks.MinBy(clock => clock.Now);
        var last = clocks.MaxBy(clock => clock.Now);
        // They were asked at the same time; by how much the answers may differ for that is how long those took.
        var apart = last.Now - first.Now;
        return apart - last.Took <= Tolerance ? last.Now + Lead : throw new OperationFailedException(
            FailureKind.ServiceFailed,
            $"the clocks of the nodes differ by {Duration.Format(apart)}, so the load workers cannot begin together: synchronize them "
            + "(chrony, systemd-timesyncd), or take one worker.");
    }

    private WorkerOrder Order(ClusterLoad load, ulong traceSeed, int index, DateTimeOffset start) => new(
        WorkerProtocol.Version,
        _options.Target.GetLeftPart(UriPartial.Authority),
        load.Paths,
        _options.Requests.Headers,
        load.Profile,
        load.Arrivals,
        load.Seed,
        traceSeed,
        index,
        _workers.Count,
        new Share(index, _workers.Count).PartOf(_options.Requests.Connections),
        _options.Requests.Timeout.TotalSeconds,
        _options.Requests.Insecure,
        load.Details,
        start);

    private static WorkerRun Merge(LoadPlan plan, IReadOnlyList<WorkerRun> parts, bool withDetails)
    {
        var result = LoadResult.Merge(plan, [.. parts.Select(part => part.Result)]);
        if (!withDetails)
        {
            return new WorkerRun(result, null);
        }

        var details = RunDetails.Merge([.. parts.Select(part => part.Details).OfType<RunDetails>()]) ?? throw new OperationFailedException(
            FailureKind.ServiceFailed,
            "the load workers have found different pages, as happens while another version of productpage is rolled out: wait until "
            + "that is done, and repeat.");
        if (result.Interrupted)
        {
            // Workers tell what they have recorded, and not where it was cut.
            details.Timeline.Stopped((long)TimeSpan.FromSeconds(result.Seconds).TotalNanoseconds);
        }

        return new WorkerRun(result, details);
    }

    /// <summary>Ends the others as soon as one has failed: the load is not what was asked for any more.</summary>
    private static async Task<IReadOnlyList<WorkerRun>> AllOrNoneAsync(
        IReadOnlyList<Task<WorkerRun>> running, CancellationTokenSource abort)
    {
        try
        {
            await foreach (var one in Task.WhenEach(running))
            {
                await one;
            }
        }
        catch
        {
            await abort.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }

        return await Task.WhenAll(running);
    }

    private async Task<string> DescribeAsync(WorkerException exception)
    {
        var number = string.Create(
            CultureInfo.InvariantCulture, $"{_workers.FindIndex(worker => worker.Name == exception.Worker) + 1} of {_workers.Count}");
        var said = $"load worker {number} ({exception.Worker}): {exception.Message}";
        if (exception.Kind != FailureKind.ServiceFailed)
        {
            return $"{said}.";
        }

        try
        {
            return await _pods.FindLossAsync(exception.Worker, CancellationToken.None) is { } loss ? $"{said}: {loss}." : $"{said}.";
        }
        catch (Exception failure) when (ClusterFailure.Explain(failure, _cluster.Config, CancellationToken.None) is { } explained)
        {
            return $"{said}; {explained.Message}";
        }
    }
}

/// <summary>How requests are sent from inside a cluster.</summary>
/// <param name="Namespace">Where the workers run: the namespace of the application.</param>
/// <param name="Workers">How many there are.</param>
/// <param name="Image">Their image; <see langword="null"/> for the one that belongs to what is deployed.</param>
/// <param name="Target">The address, with path and query, as it is called in the cluster.</param>
/// <param name="Requests">How requests are sent. The connections are those of all workers together; each has one at least.</param>
/// <param name="StartTimeout">How long the workers may take to become ready.</param>
public sealed record ClusterGeneratorOptions(
    string Namespace,
    int Workers,
    string? Image,
    Uri Target,
    RequestSettings Requests,
    TimeSpan StartTimeout)
{
    /// <summary>Where the page of an application is, for whoever is in its cluster.</summary>
    /// <param name="space">The namespace of the application.</param>
    public static Uri UsualTarget(string space) =>
        new($"http://{Contracts.ServiceCatalog.ProductPage.Name}.{space}:{Contracts.ServiceCatalog.ServicePort}/productpage");
}

/// <summary>Requests from inside a cluster, of all workers together.</summary>
/// <param name="Paths">Paths and queries; none for the usual mix.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="Arrivals">How arrivals lie around that rate.</param>
/// <param name="Seed">What arrivals and the choice of requests come from.</param>
/// <param name="Details">Whether the requests are to be told by what was sent and over time.</param>
public sealed record ClusterLoad(
    IReadOnlyList<string> Paths, ProfileSettings Profile, ArrivalProcess Arrivals, ulong Seed, bool Details);
