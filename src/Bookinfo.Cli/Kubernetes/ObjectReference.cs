namespace Bookinfo.Cli.Kubernetes;

/// <summary>Names an object of a cluster.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>; <c>v1</c> alone for the core group.</param>
/// <param name="Kind">Its kind, such as <c>Deployment</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace; <see langword="null"/> for an object of the whole cluster.</param>
internal sealed record ObjectReference(string ApiVersion, string Kind, string Name, string? Namespace)
{
    /// <summary>The API group; empty for the core one.</summary>
    public string Group => ApiVersion.Contains('/') ? ApiVersion[..ApiVersion.IndexOf('/')] : "";

    /// <summary>Whether it is the same thing: an object is one and the same in all versions of its group.</summary>
    /// <param name="other">Another reference.</param>
    public bool IsSameAs(ObjectReference other) => this with { ApiVersion = Group } == other with { ApiVersion = other.Group };

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";
}
