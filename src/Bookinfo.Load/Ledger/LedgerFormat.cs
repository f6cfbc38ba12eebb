using System.Text.Json.Serialization;

namespace Bookinfo.Load;

/// <summary>
/// The framing of a ledger (docs/measuring.md): a preamble of 16 bytes, the header as JSON, records of equal length, and a footer. A ledger
/// without a footer was cut off. Numbers are little-endian.
/// </summary>
internal static class LedgerFormat
{
    /// <summary>The version of the format; it changes when a reader of the previous version would misread a file.</summary>
    public const ushort Version = 2;

    /// <summary>The length in bytes of the magic, the version, the length of a record and the length of the header.</summary>
    public const int PreambleLength = 16;

    /// <summary>The length in bytes of the magic, the number of records and the number of lost records.</summary>
    public const int FooterLength = 24;

    /// <summary>The bytes that a ledger begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "BOOKLOAD"u8;

    /// <summary>The bytes that the footer of a ledger begins with.</summary>
    public static ReadOnlySpan<byte> FooterMagic => "BOOKDONE"u8;
}

/// <summary>What a ledger says about its run.</summary>
/// <param name="Program">The version of the program that wrote it.</param>
/// <param name="Target">Where the requests went.</param>
/// <param name="StartUnixNanoseconds">
/// When the run began, in nanoseconds since 1970-01-01 UTC, in steps of 100 ns; all times are counted from it.
/// </param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Requests">The requests that the records refer to.</param>
/// <param name="Fields">The fields of a record, in order.</param>
/// <param name="Errors">What the numbers in the field <c>error</c> mean.</param>
/// <param name="Versions">What the numbers in the field <c>version</c> mean; 0 is an answer that does not say.</param>
public sealed record LedgerHeader(
    string Program,
    string Target,
    long StartUnixNanoseconds,
    ulong Seed,
    IReadOnlyList<LedgerRequest> Requests,
    IReadOnlyList<LedgerField> Fields,
    IReadOnlyDictionary<int, string> Errors,
    IReadOnlyDictionary<int, string> Versions);

/// <summary>A kind of request that a ledger's records refer to.</summary>
/// <param name="Kind">What the request stands for.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Path and query.</param>
public sealed record LedgerRequest(RequestKind Kind, string Method, string Path);

/// <summary>A field of a record.</summary>
/// <param name="Name">What the field holds.</param>
/// <param name="Offset">Where the field begins, in bytes from the beginning of the record.</param>
/// <param name="Type">The type: <c>bytes</c>, <c>int64</c>, <c>uint32</c>, <c>uint16</c> or <c>uint8</c>.</param>
/// <param name="Length">The length in bytes.</param>
public sealed record LedgerField(string Name, int Offset, string Type, int Length);

/// <summary>How the header of a ledger is serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LedgerHeader))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>A request in a ledger. Times are in nanoseconds, counted from the start of the run.</summary>
/// <param name="Identity">The trace context that it was sent with.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Duration">How long it took from when it was sent.</param>
/// <param name="Hops">The times of the hops that its answer reports, in the order of <see cref="LedgerLayout.Hops"/>.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Request">The index in <see cref="LedgerHeader.Requests"/> of what was sent.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Version">
/// The number of the version that the answer came from, in <see cref="LedgerHeader.Versions"/>; 0 when it does not say.
/// </param>
/// <param name="WasAwaited">Whether a connection was free when it fell due.</param>
public readonly record struct LedgerRecord(
    RequestIdentity Identity,
    long Due,
    long Sent,
    long Duration,
    HopTimes Hops,
    ushort Status,
    ushort Request,
    ErrorKind Error,
    byte Version,
    bool WasAwaited)
{
    /// <summary>Makes the record of a request.</summary>
    /// <param name="sample">The request.</param>
    /// <param name="identities">The source of the run's trace ids.</param>
    public static LedgerRecord From(in Sample sample, IndexedRandom identities) => new(
        RequestIdentity.Of(identities, sample.Index), sample.Due, sample.Sent, sample.Done - sample.Sent, sample.Hops, sample.Status,
        sample.Template,
        sample.Error, sample.Version, sample.WasAwaited);
}
