using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>A kind of request that a ledger's records refer to.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Path and query.</param>
internal sealed record LedgerRequest(RequestKind Kind, string Method, string Path);
