using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>Runs checks concurrently: each after those that it needs, and with a time limit.</summary>
internal sealed class Examination(TimeProvider time)
{
    /// <summary>
    /// How long a check may take. Most need milliseconds, but a command that signs in to a cloud may need seconds, and so may everything
    /// on a machine that is busy running the cluster: slowness alone says nothing about what is checked. An unreachable cluster has to be
    /// reported within 15 seconds.
    /// </summary>
    public static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(8);

    /// <summary>How long all checks together may take, however many hang one after another.</summary>
    public static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(18);

    /// <summary>How long a check has to finish when its time is up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs all checks, each with a time limit.</summary>
    /// <param name="checks">The checks, each listed after those that it needs.</param>
    /// <param name="cancellationToken">The user's Ctrl-C.</param>
    /// <returns>What they found, in their order.</returns>
    public async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<ICheck> checks, CancellationToken cancellationToken)
    {
        using var whole = new CancellationTokenSource(WholeLimit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancellationToken);
        var running = new Dictionary<ICheck, Task<Finding>>();
        foreach (var check in checks)
        {
            running.Add(check, RunAsync(check, [.. check.Needs.Select(need => running[need])], stop.Token));
        }

        var findings = await Task.WhenAll(running.Values);
        cancellationToken.ThrowIfCancellationRequested();
        return findings;
    }

    private async Task<Finding> RunAsync(ICheck check, IReadOnlyList<Task<Finding>> needs, CancellationToken stop)
    {
        foreach (var need in needs)
        {
            switch (await need)
            {
                case { Result: { State: CheckState.NotChecked } earlier }:
                    // The reason is that of the first check in the chain that was not done.
                    return new Finding(check.Name, check.Purpose, earlier);
                case { Result.State: CheckState.Problem } failed:
                    return new Finding(check.Name, check.Purpose, CheckResult.NotChecked($"needs '{failed.Name}' to be in order"));
            }
        }

        return new Finding(check.Name, check.Purpose, await RunAsync(check, stop));
    }

    private async Task<CheckResult> RunAsync(ICheck check, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(CheckLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var started = time.GetTimestamp();
        // On another thread: reading a configuration may run a program, and blocks meanwhile.
        var running = Task.Run(() => check.RunAsync(either.Token), CancellationToken.None);
        try
        {
            return await running.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // This also gives the check time to end what it has started, and to say what hangs better than the message below does.
            await Task.WhenAny(running, Task.Delay(Grace, time, CancellationToken.None));
            if (running.IsCompletedSuccessfully)
            {
                return await running;
            }

            var seconds = time.GetElapsedTime(started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            return CheckResult.Problem(
                $"no answer within {seconds} s", "Something hangs. Try again; if it persists, do by hand what this check does.");
        }
        catch (OperationFailedException failure)
        {
            return CheckResult.Problem(failure.Message, "Fix that, then run 'bookinfo doctor' again.");
        }
        catch (Exception exception)
        {
            // An unforeseen failure must not hide what the other checks have found.
            return CheckResult.Problem(
                $"the check itself failed: {exception.GetType().Name}: {exception.Message}",
                "Please report this as a bug, with this message.");
        }
    }
}

/// <summary>Creates the checks, each listed after those that it needs.</summary>
internal sealed class Checkup : IDisposable
{
    private readonly ClusterCheck _cluster;

    /// <summary>Makes the checks; nothing is looked at yet.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="tree">The source tree.</param>
    public Checkup(DoctorOptions options, SourceTree tree, TimeProvider time)
    {
        var kubectl = new KubectlCheck(options.Context);
        var manifests = new ManifestsCheck(kubectl, tree);
        var kubeconfig = new KubeconfigCheck(kubectl);
        _cluster = new ClusterCheck(kubectl, kubeconfig, time);
        ICheck[] all =
        [
            new SdkCheck(tree),
            new LocalPortsCheck(LocalPortsCheck.Default),
            new PrometheusCheck(PrometheusProcess.UsualPort),
            new DashboardCheck(tree, DashboardProcess.UsualPort),
            new NativeToolsCheck(),
            new ImageBuilderCheck(),
            kubectl,
            manifests,
            kubeconfig,
            _cluster,
            new NodesCheck(_cluster, manifests),
            new RightsCheck(_cluster, options.Namespace),
            new NamespaceCheck(_cluster, options.Namespace),
            new QuotaCheck(_cluster, manifests, options.Namespace),
            new ImagesCheck(_cluster, manifests, options.Registry, options.Tag),
            new NodePortCheck(_cluster, manifests, options.Namespace, time),
            new MetricsCheck(_cluster, options.Namespace),
        ];
        // Whatever a check needs is for the same command.
        Checks = [.. all.Where(check => options.Command is not { } command || check.Purpose == command)];
    }

    /// <summary>The checks.</summary>
    public IReadOnlyList<ICheck> Checks { get; }

    /// <inheritdoc/>
    public void Dispose() => _cluster.Dispose();
}

/// <summary>The options of <c>bookinfo doctor</c>.</summary>
/// <param name="Command">The command to check for; <see langword="null"/> for all.</param>
/// <param name="Namespace">Where the application is to run in the cluster.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="Tag">The tag of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Registry">The registry and path of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Output">How to write it.</param>
internal sealed record DoctorOptions(
    CheckPurpose? Command, string Namespace, string? Context, string? Tag, string? Registry, OutputFormat Output);
