namespace Bookinfo.Cli.Load;

/// <summary>What a ledger says of its run.</summary>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Target">Where the requests went.</param>
/// <param name="StartUnixNanoseconds">When the run began, in nanoseconds since 1970-01-01 UTC, to a ten-thousandth of a millisecond; all times are counted from it.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Requests">What the records refer to.</param>
internal sealed record LedgerHeader(string Program, string Target, long StartUnixNanoseconds, ulong Seed, IReadOnlyList<LedgerRequest> Requests);
