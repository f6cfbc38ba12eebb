using System.Text.RegularExpressions;
using Bookinfo.Kubernetes;
using k8s;

namespace Bookinfo.Cli.Doctor;

/// <summary>The rights of the user in the namespace and the cluster.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="name">The name of the namespace.</param>
internal sealed partial class RightsCheck(ClusterCheck cluster, string name) : InClusterCheck(cluster)
{
    /// <summary>A path that no API server serves: the refusal contains the name by which the cluster knows the user.</summary>
    private const string NoSuchPath = "/bookinfo-doctor";

    /// <inheritdoc/>
    public override string Name => "rights";

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var exists = await ExistsAsync(api, cancellationToken);
        List<Right> needed = [RequiredRights.ReadNamespace(name), .. RequiredRights.InNamespace(name)];
        if (!exists)
        {
            needed.Add(RequiredRights.CreateNamespace);
        }

        var missingTask = Right.MissingAsync(api, needed, cancellationToken);
        var ofComponents = await Right.MissingAsync(api, RequiredRights.OfComponents(name), cancellationToken);
        var ofCluster = await Right.MissingAsync(api, RequiredRights.OfCluster, cancellationToken);
        var missing = await missingTask;
        if (missing.Count + ofComponents.Count + ofCluster.Count == 0)
        {
            return CheckResult.Ok($"all that are needed in '{name}', and those to see nodes and other workloads");
        }

        var subject = await SubjectAsync(cancellationToken);
        List<string> commands = [];
        if (missing.Contains(RequiredRights.CreateNamespace))
        {
            commands.Add($"kubectl create namespace {name}");
        }

        if (missing.Any(right => right != RequiredRights.CreateNamespace) || ofComponents.Count > 0)
        {
            commands.Add($"kubectl create rolebinding bookinfo-edit --clusterrole=edit {subject} --namespace={name}");
        }

        if (ofCluster.Count > 0)
        {
            commands.Add("kubectl create clusterrole bookinfo-view --verb=get,list --resource=nodes,nodes/proxy,pods,services");
            commands.Add($"kubectl create clusterrolebinding bookinfo-view --clusterrole=bookinfo-view {subject}");
        }

        var optional = string.Join("; ", new[]
        {
            (Why: "for some components", Rights: ofComponents),
            (Why: "in the whole cluster, for image sizes, memory use and this check", Rights: ofCluster),
        }.Where(part => part.Rights.Count > 0).Select(part => $"{Describe(part.Rights)} ({part.Why})"));
        return missing.Count > 0
            ? CheckResult.Problem(
                $"missing in '{name}': {Describe(missing)}{(optional.Length > 0 ? $"; useful, but missing as well: {optional}" : "")}",
                "Ask a cluster administrator to run:", commands)
            : CheckResult.Warning(
                $"useful, but missing: {optional}", "'deploy' works without. A cluster administrator can run:", commands);
    }

    /// <returns>
    /// Whether the namespace exists; <see langword="false"/> also when this user may not see it, because it may have to be created then.
    /// </returns>
    private async Task<bool> ExistsAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        try
        {
            await api.CoreV1.ReadNamespaceAsync(name, cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception exception) when (ClusterFailure.IsNotFound(exception) || ClusterFailure.IsForbidden(exception))
        {
            return false;
        }
    }

    /// <summary>Who we are, as an option of <c>kubectl create rolebinding</c>.</summary>
    private async Task<string> SubjectAsync(CancellationToken cancellationToken)
    {
        var refusal = await Cluster.Kubectl.RequestAsync(["get", "--raw", NoSuchPath], "", cancellationToken);
        var user = User().Match(refusal.Messages) is { Success: true } match ? match.Groups[1].Value : "NAME";
        return ServiceAccount().Match(user) is { Success: true } account
            ? $"--serviceaccount={account.Groups["namespace"].Value}:{account.Groups["name"].Value}"
            : "--user=" + (user.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '@' or '/')
                ? user
                : $"'{user.Replace("'", @"'\''")}'");
    }

    private static string Describe(IEnumerable<Right> rights) => string.Join("; ", rights
        .GroupBy(right => right.Group.Length == 0 ? right.Resource : $"{right.Resource}.{right.Group}")
        .Select(group => $"{string.Join(", ", group.Select(right => right.Verb))} {group.Key}"));

    [GeneratedRegex("""User "([^"]+)" cannot""")]
    private static partial Regex User();

    [GeneratedRegex("^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$")]
    private static partial Regex ServiceAccount();
}

/// <summary>The rights that the commands use.</summary>
internal static class RequiredRights
{
    private const string Apps = "apps";

    /// <summary>What <c>deploy</c>, <c>status</c> and <c>delete</c> need in a namespace that exists.</summary>
    /// <param name="name">The namespace.</param>
    public static IReadOnlyList<Right> InNamespace(string name) =>
    [
        .. Each(["get", "list", "create", "patch", "delete"], "deployments", Apps, name),
        .. Each(["list"], "replicasets", Apps, name),
        .. Each(["get", "list", "create", "patch", "delete"], "services", "", name),
        .. Each(["get", "list", "create", "patch", "delete"], "serviceaccounts", "", name),
        // A ConfigMap holds the inventory of what was deployed; a Secret holds the key that signs sessions.
        .. Each(["get", "list", "create", "update", "delete"], "configmaps", "", name),
        .. Each(["get", "create", "delete"], "secrets", "", name),
        .. Each(["get", "list"], "pods", "", name),
        .. Each(["get"], "pods/log", "", name),
        .. Each(["create"], "pods/portforward", "", name),
        .. Each(["list"], "events", "", name),
    ];

    /// <summary>What some components need.</summary>
    /// <param name="name">The namespace.</param>
    public static IReadOnlyList<Right> OfComponents(string name) =>
    [
        .. Each(["patch"], "configmaps", "", name),
        .. Each(["get", "create", "patch", "delete"], "networkpolicies", "networking.k8s.io", name),
        .. Each(["get", "create", "patch", "delete"], "ingresses", "networking.k8s.io", name),
        .. Each(["get", "create", "patch", "delete"], "horizontalpodautoscalers", "autoscaling", name),
        .. Each(["get", "create", "patch", "delete"], "poddisruptionbudgets", "policy", name),
    ];

    /// <summary>What makes <c>status</c> and <c>doctor</c> complete: image sizes, memory use, other workloads.</summary>
    public static IReadOnlyList<Right> OfCluster { get; } =
    [
        .. Each(["get", "list"], "nodes", "", null),
        .. Each(["get"], "nodes/proxy", "", null),
        .. Each(["list"], "pods", "", null),
        .. Each(["list"], "services", "", null),
    ];

    /// <summary>What reading the namespace itself needs.</summary>
    /// <param name="name">The namespace.</param>
    public static Right ReadNamespace(string name) => new("get", "namespaces", Namespace: name);

    /// <summary>What creating the namespace needs.</summary>
    public static Right CreateNamespace { get; } = new("create", "namespaces");

    private static IEnumerable<Right> Each(string[] verbs, string resource, string group, string? name) =>
        verbs.Select(verb => new Right(verb, resource, group, name));
}
