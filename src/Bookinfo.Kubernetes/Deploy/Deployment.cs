using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Applies manifests, and keeps the inventory of what that makes.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What to apply.</param>
/// <param name="overlay">The name of the overlay for the inventory.</param>
/// <param name="components">The names of the components for the inventory.</param>
public sealed class Deployment(ClusterConnection cluster, Manifests manifests, string overlay, IReadOnlyList<string> components)
{
    /// <summary>The Secret with the key that signs productpage's sessions; all replicas need the same.</summary>
    private const string SessionSecret = "productpage-session";
    private const string SessionKey = "session-key";
    private const int SessionKeyBytes = 32;

    private static readonly string[] ApplyVerbs = ["get", "create", "patch"];

    private readonly ApiDiscovery _discovery = new(cluster);

    /// <summary>The namespace of the application.</summary>
    public string Namespace { get; } = manifests.Namespace ?? cluster.Config.Namespace ?? "default";

    /// <summary>The names of the Deployments.</summary>
    public IReadOnlyList<string> Deployments => [.. manifests.Objects.Where(one => one.Kind == "Deployment").Select(one => one.Name)];

    private ObjectReference Secret => new("v1", "Secret", SessionSecret, Namespace);

    /// <summary>Makes the cluster what the manifests say.</summary>
    /// <param name="persistence">Repeats what fails for a moment.</param>
    /// <param name="cancellationToken">Ends it. What was made so far stays and is in the inventory.</param>
    /// <exception cref="OperationFailedException">A kind is unknown, a right is missing, or an object is refused.</exception>
    public async Task<ApplySummary> ApplyAsync(Persistence persistence, CancellationToken cancellationToken)
    {
        var resources = await ResolveAsync(persistence, cancellationToken);
        var withNamespace = await RequireRightsAsync(resources, persistence, cancellationToken);

        // Everything that is to be made is in the inventory before it is made, so that 'delete' finds it however this ends.
        var known = await persistence.RunAsync(
            () => Inventory.ReadAsync(cluster.Api, Namespace, cancellationToken), cancellationToken);
        var recorded = known?.Inventory.Objects ?? [];
        var desired = resources.Keys.Append(Secret).ToList();
        var existing = await Task.WhenAll(resources.Append(new(Secret, SecretResource))
            .Select(async pair => (pair.Key, Exists: await persistence.RunAsync(
                () => cluster.ExistsAsync(pair.Value.Path(pair.Key), cancellationToken), cancellationToken))));
        var missing = existing.Where(pair => !pair.Exists).Select(pair => pair.Key).ToHashSet();
        // Another namespace stays: what others have put into it is not looked at.
        var made = desired.Where(one => (missing.Contains(one) || recorded.Any(one.IsSameAs)) && !IsOtherNamespace(one)).ToList();
        var obsolete = recorded.Where(one => !desired.Any(one.IsSameAs)).ToList();
        // A namespace is not removed while something is deployed in it.
        var kept = obsolete.Where(one => one.Kind == "Namespace").ToList();
        obsolete = [.. obsolete.Except(kept)];
        var outside = new OutsideObjects(cluster, _discovery, Namespace);
        await persistence.RunAsync(() => outside.RequireOursAsync(obsolete, cancellationToken), cancellationToken);

        var outputs = new List<string>();
        if (missing.Any(one => one.Kind == "Namespace"))
        {
            outputs.Add(await ApplyAsync(manifests.Select(one => one.Kind == "Namespace"), persistence, cancellationToken));
        }

        var begun = new Inventory(overlay, components, [.. kept, .. made, .. obsolete]);
        var stored = await persistence.RunAsync(
            () => begun.WriteAsync(cluster.Api, Namespace, known?.Stored, cancellationToken), cancellationToken);
        if (missing.Contains(Secret))
        {
            await persistence.RunAsync(() => MakeSecretAsync(cancellationToken), cancellationToken);
        }

        outputs.Add(await ApplyAsync(
            outputs.Count == 0 && withNamespace ? manifests.Yaml : manifests.Select(one => one.Kind != "Namespace"), persistence,
            cancellationToken));
        foreach (var one in obsolete)
        {
            await persistence.RunAsync(() => DeleteAsync(one, cancellationToken), cancellationToken);
        }

        var done = new Inventory(overlay, components, [.. kept, .. made]);
        await persistence.RunAsync(() => done.WriteAsync(cluster.Api, Namespace, stored, cancellationToken), cancellationToken);
        return ApplySummary.Parse(outputs, obsolete);
    }

    private bool IsOtherNamespace(ObjectReference one) => one.Kind == "Namespace" && one != ObjectReference.NamespaceOf(Namespace);

    private static ApiResource SecretResource { get; } = new("v1", "Secret", "secrets", IsNamespaced: true, IsListable: true);

    /// <summary>Finds how the API calls the objects, which gives each its namespace.</summary>
    private async Task<Dictionary<ObjectReference, ApiResource>> ResolveAsync(
        Persistence persistence, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(manifests.Objects.Select(async one => (one, resource: await persistence.RunAsync(
            () => _discovery.FindAsync(one.ApiVersion, one.Kind, cancellationToken), cancellationToken))));
        var unknown = found.Where(pair => pair.resource is null)
            .Select(pair => $"{pair.one.Kind} of {pair.one.ApiVersion}")
            .Distinct()
            .ToList();
        if (unknown.Count > 0)
        {
            throw new OperationFailedException(
                FailureKind.ObjectRefused,
                $"this cluster ({cluster.Version?.GitVersion ?? "of unknown version"}) has no {string.Join(", no ", unknown)}: install "
                + "what brings that, or leave out the component that needs it. Nothing was applied.");
        }

        // What is rendered twice is one object.
        return found
            .Select(pair => (Object: pair.one with
            {
                Namespace = pair.resource!.IsNamespaced ? pair.one.Namespace ?? cluster.Config.Namespace ?? "default" : null,
            }, Resource: pair.resource!))
            .DistinctBy(pair => pair.Object)
            .ToDictionary(pair => pair.Object, pair => pair.Resource);
    }

    /// <summary>Asks for all rights before anything is done: to fail half-way would leave half of it.</summary>
    /// <returns>Whether the namespace itself may be applied.</returns>
    private async Task<bool> RequireRightsAsync(
        Dictionary<ObjectReference, ApiResource> resources, Persistence persistence, CancellationToken cancellationToken)
    {
        var apply = resources.SelectMany(pair => ApplyVerbs.Select(verb => new Right(
            // Who may do something in a namespace may do that with the namespace itself too, but for making it.
            verb, pair.Value.Plural, pair.Key.Group,
            pair.Key.Kind == "Namespace" && verb != "create" ? pair.Key.Name : pair.Key.Namespace)));
        Right[] own =
        [
            new("get", "configmaps", "", Namespace), new("create", "configmaps", "", Namespace), new("update", "configmaps", "", Namespace),
            new("get", "secrets", "", Namespace), new("create", "secrets", "", Namespace),
            new("list", "deployments", "apps", Namespace), new("list", "replicasets", "apps", Namespace),
            new("list", "pods", "", Namespace), new("list", "events", "", Namespace),
        ];
        var missing = await Right.MissingAsync(cluster.Api, apply.Concat(own), cancellationToken, persistence);
        if (missing.All(right => right is { Resource: "namespaces", Verb: not "get" }) && missing.Count > 0
            && await persistence.RunAsync(() => HasNamespaceAsync(resources, cancellationToken), cancellationToken))
        {
            // The administrator of a namespace may do everything in it, but not change the namespace itself. That is not needed then.
            return false;
        }

        if (missing.Count > 0)
        {
            throw ClusterFailure.NotAllowed(missing);
        }

        return true;
    }

    private async Task<bool> HasNamespaceAsync(Dictionary<ObjectReference, ApiResource> resources, CancellationToken cancellationToken)
    {
        var exist = await Task.WhenAll(resources.Where(pair => pair.Key.Kind == "Namespace")
            .Select(pair => cluster.ExistsAsync(pair.Value.Path(pair.Key), cancellationToken)));
        return exist.All(exists => exists);
    }

    private async Task<string> ApplyAsync(string yaml, Persistence persistence, CancellationToken cancellationToken)
    {
        var applied = await persistence.RunToolAsync(
            () => cluster.Kubectl.RequestAsync(["apply", "--filename=-"], yaml, cancellationToken), cancellationToken);
        if (applied.Succeeded)
        {
            return applied.Output;
        }

        var failure = ClusterFailure.Explain(applied, cluster.Config);
        throw new OperationFailedException(
            failure.Kind,
            $"{failure.Message}\nWhat was applied stays: correct the cause and deploy again, or remove it with 'bookinfo delete'.");
    }

    private async Task MakeSecretAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.Api.CoreV1.CreateNamespacedSecretAsync(
                new V1Secret
                {
                    Metadata = new V1ObjectMeta { Name = SessionSecret, Labels = Inventory.Labels.ToDictionary() },
                    StringData = new Dictionary<string, string>
                    {
                        [SessionKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SessionKeyBytes)),
                    },
                },
                Namespace,
                cancellationToken: cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsConflict(exception))
        {
            // Another deploy was quicker; its key is as good.
        }
    }

    private async Task DeleteAsync(ObjectReference one, CancellationToken cancellationToken)
    {
        if (await _discovery.FindAsync(one.ApiVersion, one.Kind, cancellationToken) is not { } resource)
        {
            return;
        }

        try
        {
            await cluster.DeleteAsync(resource.Path(one), cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            // It is gone already.
        }
    }
}

/// <summary>What applying the manifests did.</summary>
/// <param name="Created">How many objects were made.</param>
/// <param name="Configured">How many were changed.</param>
/// <param name="Unchanged">How many were as they should be.</param>
/// <param name="Removed">What an earlier deployment had made and this one does not have.</param>
public sealed partial record ApplySummary(int Created, int Configured, int Unchanged, IReadOnlyList<ObjectReference> Removed)
{
    /// <summary>Reads what <c>kubectl apply</c> wrote.</summary>
    /// <param name="outputs">Lines such as <c>service/details created</c>.</param>
    /// <param name="removed">What was removed beside that.</param>
    public static ApplySummary Parse(IEnumerable<string> outputs, IReadOnlyList<ObjectReference> removed)
    {
        var verbs = outputs.SelectMany(output => Result().Matches(output)).CountBy(match => match.Groups[1].Value).ToDictionary();
        return new ApplySummary(
            verbs.GetValueOrDefault("created"), verbs.GetValueOrDefault("configured"), verbs.GetValueOrDefault("unchanged"), removed);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Created} created, {Configured} changed, {Unchanged} unchanged"
        + (Removed.Count == 0 ? "." : $". Removed, because no longer part of it: {string.Join(", ", Removed)}.");

    [GeneratedRegex(@"^\S+/\S+ (created|configured|unchanged)\s*$", RegexOptions.Multiline)]
    private static partial Regex Result();
}
