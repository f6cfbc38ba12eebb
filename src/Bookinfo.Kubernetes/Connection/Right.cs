using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>A permission in a cluster.</summary>
/// <param name="Verb">The action: <c>get</c>, <c>list</c>, <c>create</c>, <c>patch</c>, <c>delete</c>, ...</param>
/// <param name="Resource">What to do it to, as the API names it: <c>deployments</c>, or with a subresource <c>nodes/proxy</c>.</param>
/// <param name="Group">The API group of the resource; empty for the core one.</param>
/// <param name="Namespace">The namespace; <see langword="null"/> for the whole cluster.</param>
public sealed record Right(string Verb, string Resource, string Group = "", string? Namespace = null)
{
    private string[] Parts => Resource.Split('/', 2);

    private string QualifiedResource => Group.Length == 0 ? Parts[0] : $"{Parts[0]}.{Group}";

    /// <summary>The command that asks the cluster for this right by hand.</summary>
    public string CanI =>
        $"kubectl auth can-i {Verb} {QualifiedResource}"
        + (Parts is [_, var subresource] ? $" --subresource={subresource}" : "")
        + (Namespace is null ? "" : $" --namespace {Namespace}");

    /// <summary>Asks the cluster which rights are missing. Anyone who is allowed anything at all may ask that.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="rights">The rights that are needed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="persistence">Repeats a question that fails for a moment; <see langword="null"/> when none is to be repeated.</param>
    /// <returns>The missing rights, in the order given.</returns>
    public static async Task<IReadOnlyList<Right>> MissingAsync(
        IKubernetes api, IEnumerable<Right> rights, CancellationToken cancellationToken, Persistence? persistence = null)
    {
        var answers = await Task.WhenAll(rights.Distinct().Select(async right => (right, allowed: persistence is null
            ? await right.IsAllowedAsync(api, cancellationToken)
            : await persistence.RunAsync(() => right.IsAllowedAsync(api, cancellationToken), cancellationToken))));
        return [.. answers.Where(answer => !answer.allowed).Select(answer => answer.right)];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Verb} {(Group.Length == 0 ? Resource : $"{Resource}.{Group}")} "
        + $"{(Namespace is null ? "in the whole cluster" : $"in namespace '{Namespace}'")}";

    private async Task<bool> IsAllowedAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var review = new V1SelfSubjectAccessReview
        {
            Spec = new V1SelfSubjectAccessReviewSpec
            {
                ResourceAttributes = new V1ResourceAttributes
                {
                    Verb = Verb,
                    Group = Group,
                    Resource = Parts[0],
                    Subresource = Parts is [_, var subresource] ? subresource : null,
                    NamespaceProperty = Namespace,
                },
            },
        };
        return (await api.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(
            review, cancellationToken: cancellationToken)).Status?.Allowed == true;
    }
}
