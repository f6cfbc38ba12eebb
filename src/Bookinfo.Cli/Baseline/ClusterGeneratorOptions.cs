namespace Bookinfo.Cli.Baseline;

/// <summary>How requests are sent from inside a cluster.</summary>
/// <param name="Namespace">Where the workers run: the namespace of the application.</param>
/// <param name="Workers">How many there are.</param>
/// <param name="Image">Their image; <see langword="null"/> for the one that belongs to what is deployed.</param>
/// <param name="Target">The address, with path and query, as it is called in the cluster.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Connections">How many connections all workers have together; each has one at least.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="StartTimeout">How long the workers may take to become ready.</param>
internal sealed record ClusterGeneratorOptions(
    string Namespace,
    int Workers,
    string? Image,
    Uri Target,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    TimeSpan StartTimeout)
{
    /// <summary>Where the page of an application is, for whoever is in its cluster.</summary>
    /// <param name="space">The namespace of the application.</param>
    public static Uri UsualTarget(string space) => new($"http://{Contracts.ServiceCatalog.ProductPage.Name}.{space}:{Contracts.ServiceCatalog.ServicePort}/productpage");
}
