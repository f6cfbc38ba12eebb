namespace Bookinfo.Cli.Kubernetes;

/// <summary>A line of <c>delete --output json</c>.</summary>
/// <param name="Event"><c>deleted</c>, <c>kept</c> or <c>done</c>.</param>
/// <param name="Namespace">The namespace.</param>
internal sealed record DeleteEvent(string Event, string Namespace)
{
    /// <summary>deleted: the object, as <c>kind name</c>.</summary>
    public string? Object { get; init; }

    /// <summary>kept: what is in the namespace that deploy did not make.</summary>
    public IReadOnlyList<string>? Foreign { get; init; }

    /// <summary>done: how many objects are gone.</summary>
    public int? Deleted { get; init; }
}
