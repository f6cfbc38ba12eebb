namespace Manifests.Tests;

/// <summary>A line of the tables of components.</summary>
/// <param name="Name">The component.</param>
/// <param name="Text">The whole line.</param>
/// <param name="Group">The table of which one at a time can be had, or <see langword="null"/>.</param>
/// <param name="NotWith">The components that it does not go with.</param>
internal sealed record ComponentLine(string Name, string Text, string? Group, IReadOnlyList<string> NotWith)
{
    /// <summary>Whether it says that it needs a later Kubernetes than the overlays do.</summary>
    public bool NeedsLaterKubernetes => Text.Contains("| Kubernetes 1.", StringComparison.Ordinal);

    /// <summary>Whether both can be had at once.</summary>
    public bool GoesWith(ComponentLine other) =>
        (Group is null || Group != other.Group) && !NotWith.Contains(other.Name) && !other.NotWith.Contains(Name);
}
