using System.Buffers.Binary;
using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>A request in a ledger. Times are in nanoseconds, counted from the start of the run.</summary>
/// <param name="Identity">The trace context that it was sent with.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Duration">How long it took from then.</param>
/// <param name="Hops">What its answer said of the hops.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Request">The index of what was sent in <see cref="LedgerHeader.Requests"/>.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Version">Which version of reviews the answer came from.</param>
/// <param name="WasAwaited">Whether a connection was free when it fell due.</param>
internal readonly record struct LedgerRecord(
    RequestIdentity Identity,
    long Due,
    long Sent,
    long Duration,
    HopTimes Hops,
    ushort Status,
    ushort Request,
    ErrorKind Error,
    ReviewsVersion Version,
    bool WasAwaited)
{
    /// <summary>The length of a record in bytes: a million take 72 MB.</summary>
    public const int Length = 72;

    private const byte Awaited = 1;

    /// <summary>Makes it of what became of a request.</summary>
    /// <param name="sample">The request.</param>
    /// <param name="identities">What the trace ids of the run come from.</param>
    public static LedgerRecord From(in Sample sample, IndexedRandom identities) => new(
        RequestIdentity.Of(identities, sample.Index), sample.Due, sample.Sent, sample.Done - sample.Sent, sample.Hops, sample.Status, sample.Template,
        sample.Error, sample.Version, sample.WasAwaited);

    /// <summary>Reads one.</summary>
    /// <param name="bytes"><see cref="Length"/> bytes.</param>
    public static LedgerRecord Read(ReadOnlySpan<byte> bytes)
    {
        HopTimes hops = default;
        for (var hop = 0; hop < HopTimes.Count; hop++)
        {
            hops[hop] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(48 + (hop * 4))..]);
        }

        return new LedgerRecord(
            // As bytes they are in the order of the header, so that a trace id can be looked for in the file.
            new RequestIdentity(
                BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            hops,
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[64..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[66..]),
            (ErrorKind)bytes[68],
            (ReviewsVersion)bytes[69],
            (bytes[70] & Awaited) != 0);
    }

    /// <summary>Writes it.</summary>
    /// <param name="bytes"><see cref="Length"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Identity.TraceHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Identity.TraceLow);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], Identity.Span);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Due);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Sent);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], Duration);
        for (var hop = 0; hop < HopTimes.Count; hop++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(48 + (hop * 4))..], Hops[hop]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bytes[64..], Status);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[66..], Request);
        bytes[68] = (byte)Error;
        bytes[69] = (byte)Version;
        bytes[70] = WasAwaited ? Awaited : (byte)0;
        bytes[71] = 0;
    }
}
