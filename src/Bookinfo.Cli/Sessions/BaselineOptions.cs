using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Sessions;

/// <summary>What the user asked <c>baseline</c> for.</summary>
/// <param name="Url">Where to; <see langword="null"/> to find out.</param>
/// <param name="Name">What to call it, with the directory of its files.</param>
/// <param name="Overwrite">Whether files that exist may be replaced.</param>
/// <param name="Rates">The rates, in requests a second, ascending.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Step">How long each rate is sent in each round.</param>
/// <param name="WarmUp">How long the highest rate is sent before.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Seed">What the order of the steps comes from.</param>
/// <param name="Namespace">The namespace of the pods; <see langword="null"/> for the usual one.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="WantsCluster">Whether the pods of a cluster are to be measured, wherever the requests go.</param>
/// <param name="Output">How to write the outcome to stdout.</param>
internal sealed record BaselineOptions(
    Uri? Url,
    string Name,
    bool Overwrite,
    IReadOnlyList<double> Rates,
    int Rounds,
    TimeSpan Step,
    TimeSpan WarmUp,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    ulong Seed,
    string? Namespace,
    string? Context,
    bool WantsCluster,
    OutputFormat Output)
{
    /// <summary>How many workers send from inside the cluster; <see langword="null"/> to send from here.</summary>
    public int? Workers { get; init; }

    /// <summary>Their image; <see langword="null"/> for the one that belongs to what is deployed.</summary>
    public string? WorkerImage { get; init; }
}
