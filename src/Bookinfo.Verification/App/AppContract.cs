using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>
/// Everything that the wire contract says of single answers: the one list of it. <c>verify</c> checks whatever is deployed against it, and
/// the tests check the services as they are built. It is written by hand, from the contract and not from the code of the services.
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
