using System.Globalization;
using Bookinfo.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks that the cluster answers, accepts the credentials, and has a version that suits the manifests and kubectl.</summary>
/// <param name="kubectl">kubectl.</param>
/// <param name="kubeconfig">Says which cluster.</param>
internal sealed class ClusterCheck(KubectlCheck kubectl, KubeconfigCheck kubeconfig, TimeProvider time) : ICheck, IDisposable
{
    /// <summary>The oldest version of Kubernetes that the default overlay is tested on.</summary>
    public static readonly Version Oldest = new(1, 20);

    private k8s.Kubernetes? _api;

    /// <inheritdoc/>
    public string Name => "cluster";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public IReadOnlyList<ICheck> Needs => [kubeconfig];

    /// <summary>kubectl for this cluster.</summary>
    public Kubectl Kubectl => kubectl.Kubectl!;

    /// <summary>Which cluster it is.</summary>
    public Kubeconfig Config => kubeconfig.Config!;

    /// <summary>The cluster, once it has answered.</summary>
    public IKubernetes Api => _api!;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        _api = Config.Connect();
        VersionInfo answer;
        TimeSpan roundTrip;
        try
        {
            await _api.Version.GetCodeAsync(cancellationToken);
            // The second request is the one that is timed: the connection exists by then.
            var started = time.GetTimestamp();
            answer = await _api.Version.GetCodeAsync(cancellationToken);
            roundTrip = time.GetElapsedTime(started);
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            return CheckResult.Ok("it answers, but does not let you read its version");
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, Config, cancellationToken) is { } explained)
        {
            return CheckResult.Problem(
                explained.Message, "Start the cluster, or choose another context with --context:", "kubectl config get-contexts");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CheckResult.Problem(
                $"{Config.Client.Host} does not answer within {Examination.CheckLimit.TotalSeconds:0} s", "Is it running? A firewall "
                    + "or a missing VPN may be in the way. This asks it again:", "kubectl cluster-info");
        }

        var milliseconds = Math.Ceiling(roundTrip.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return Judge(answer, kubectl.Version!, $"Kubernetes {answer.GitVersion}, answers in {milliseconds} ms");
    }

    /// <inheritdoc/>
    public void Dispose() => _api?.Dispose();

    private static CheckResult Judge(VersionInfo answer, Version client, string detail)
    {
        if (!TryParse(answer, out var server))
        {
            return CheckResult.Warning($"{detail}; its version is not recognized", $"Kubernetes {Oldest} or newer is needed.");
        }

        if (server < Oldest)
        {
            return CheckResult.Problem($"{detail}; it is older than {Oldest}", $"Use a cluster of version {Oldest} or newer.");
        }

        return server.Major == client.Major && Math.Abs(server.Minor - client.Minor) <= 1
            ? CheckResult.Ok(detail)
            : CheckResult.Warning(
                $"{detail}; kubectl {client} is more than one minor version away, which Kubernetes does not support",
                $"It mostly works. If it does not, get kubectl {server.Major}.{server.Minor}: "
                + "https://kubernetes.io/releases/version-skew-policy/#kubectl");
    }

    /// <summary>Cloud providers add a suffix to the minor version: <c>27+</c>.</summary>
    private static bool TryParse(VersionInfo answer, out Version version) =>
        Version.TryParse($"{answer.Major}.{answer.Minor?.TrimEnd('+')}", out version!);
}

/// <summary>A check of something in the cluster. What this user may not see is reported as a warning, not as a problem.</summary>
/// <param name="cluster">The cluster.</param>
internal abstract class InClusterCheck(ClusterCheck cluster) : ICheck
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public virtual IReadOnlyList<ICheck> Needs => [cluster];

    /// <summary>The cluster.</summary>
    protected ClusterCheck Cluster => cluster;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(cluster.Api, cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.IsForbidden(exception))
        {
            var explained = ClusterFailure.Explain(exception, cluster.Config, cancellationToken)!;
            return CheckResult.Warning($"cannot be seen: {explained.Message}", "Ask for that right, or go on without this check.");
        }
        catch (Exception exception) when (ClusterFailure.Explain(exception, cluster.Config, cancellationToken) is { } explained)
        {
            return CheckResult.Problem(explained.Message, "Try again; if it persists, ask a cluster administrator.");
        }
    }

    /// <summary>Examines the cluster.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="cancellationToken">Canceled when its time is up.</param>
    protected abstract Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken);
}
