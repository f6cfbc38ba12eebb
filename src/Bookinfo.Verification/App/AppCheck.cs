using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>One thing that the wire contract says of a process, and how to find out whether it is so from outside.</summary>
/// <param name="Area">The line of the report that it belongs to.</param>
/// <param name="Process">The process that is asked, such as <c>reviews-v2</c>.</param>
/// <param name="Name">What it must do, to follow its name.</param>
/// <param name="RunAsync">Finds out; throws <see cref="ContractBrokenException"/> when it is not so.</param>
public sealed record AppCheck(AppArea Area, string Process, string Name, Func<AppProbe, Task> RunAsync)
{
    /// <summary>Whether the services of this project promise more there than the originals do.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The whole of it in words, which no other check has.</summary>
    public override string ToString() => $"{Process} {Name}";
}

/// <summary>
/// Everything that the wire contract says of single answers: the one list of it, which <c>verify</c> holds against whatever is deployed,
/// and the tests against the services as they are built. It is written by hand, from the contract and not from the code of the services.
/// </summary>
public static class AppContract
{
    /// <summary>The process that visitors talk to.</summary>
    public const string Page = "productpage-v1";

    /// <summary>All processes.</summary>
    public static IReadOnlyList<string> Processes { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name)];

    /// <summary>The checks.</summary>
    public static IReadOnlyList<AppCheck> Checks { get; } =
    [
        .. PageContract.Checks, .. ApiContract.Checks, .. SignInContract.Checks, .. ServiceContracts.Checks,
        .. Processes.SelectMany(RefusalContract.ChecksOf), .. Processes.SelectMany(HeaderContract.ChecksOf),
        .. Processes.SelectMany(ProbeContract.ChecksOf), .. Processes.SelectMany(MetricsContract.ChecksOf),
        .. Processes.SelectMany(TimingContract.ChecksOf),
    ];

    /// <summary>A path of a process whose good answer is what it is there for.</summary>
    /// <param name="process">The process.</param>
    internal static string MainPath(string process) => process == Page ? "/productpage" : $"/{process.Split('-')[0]}/0";
}
