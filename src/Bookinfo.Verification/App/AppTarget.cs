using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>An application that is to obey the contract.</summary>
/// <param name="Page">The address of productpage.</param>
/// <param name="Services">
/// The processes that there are behind it, by their names in the catalog, each with its address, or <see langword="null"/> where there is
/// no way to it from here.
/// </param>
public sealed record AppTarget(Uri Page, IReadOnlyDictionary<string, Uri?> Services)
{
    /// <summary>What part of the requests each version of reviews must get; <see langword="null"/> when that is not known.</summary>
    public VersionShares? Shares { get; init; }

    /// <summary>Why that is not known, in a sentence.</summary>
    public string SharesUnknown { get; init; } = "It is not known which versions of reviews there are.";

    /// <summary>Why there is no way to some services, and what would help; it follows a sentence, with its own punctuation.</summary>
    public string NoWay { get; init; } = "";

    /// <summary>A directory with the access log of each process; <see langword="null"/> when there is none at hand.</summary>
    public string? Logs { get; init; }

    /// <summary>Header lines of every request to the page.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether any certificate of the page will do.</summary>
    public bool Insecure { get; init; }

    /// <summary>An application of which only the page is known.</summary>
    /// <param name="page">Its address.</param>
    public static AppTarget Of(Uri page) => new(
        page, AppContract.Processes.Where(process => process != AppContract.Page).ToDictionary(process => process, _ => (Uri?)null));

    /// <summary>The address of a process; <see langword="null"/> when there is none, or no way to it.</summary>
    /// <param name="process">Its name.</param>
    public Uri? AddressOf(string process) => process == AppContract.Page ? Page : Services.GetValueOrDefault(process);
}
