using System.Buffers.Binary;

namespace Bookinfo.Load;

/// <summary>Where the fields of a record are. The length of a record depends on how many hops an answer reports.</summary>
public sealed class LedgerLayout
{
    private const string HopPrefix = "hop:";
    private const byte Awaited = 1;

    /// <summary>The fields before the hops and after them, with the lengths of their types.</summary>
    private static readonly (string Name, string Type, int Length)[] Before =
    [
        ("traceId", "bytes", 16), ("spanId", "bytes", 8), ("dueNanoseconds", "int64", 8), ("sentNanoseconds", "int64", 8),
        ("durationNanoseconds", "int64", 8),
    ];

    private static readonly (string Name, string Type, int Length)[] After =
    [
        ("status", "uint16", 2), ("request", "uint16", 2), ("error", "uint8", 1), ("version", "uint8", 1), ("flags", "uint8", 1), (
            "reserved", "uint8", 1),
    ];

    private static readonly int FirstHop = Before.Sum(field => field.Length);

    private readonly int _afterHops;

    /// <summary>Creates the layout of records with these hops.</summary>
    /// <param name="hops">The names of the hops, at most <see cref="HopTimes.Most"/>.</param>
    public LedgerLayout(IReadOnlyList<string> hops)
    {
        Hops = hops;
        _afterHops = FirstHop + (hops.Count * sizeof(uint));
        Length = _afterHops + After.Sum(field => field.Length);
        var offset = 0;
        Fields =
        [
            .. Before.Concat(hops.Select(hop => (HopPrefix + hop, "uint32", sizeof(uint)))).Concat(After).Select(field =>
            {
                var placed = new LedgerField(field.Item1, offset, field.Item2, field.Item3);
                offset += placed.Length;
                return placed;
            }),
        ];
    }

    /// <summary>The names of the hops.</summary>
    public IReadOnlyList<string> Hops { get; }

    /// <summary>The fields in their order.</summary>
    public IReadOnlyList<LedgerField> Fields { get; }

    /// <summary>The length of a record in bytes. With four hops it is 72, so a million records take 72 MB.</summary>
    public int Length { get; }

    /// <summary>The layout that the fields of a header describe.</summary>
    /// <param name="fields">The fields.</param>
    /// <exception cref="InvalidDataException">This program does not understand the fields.</exception>
    public static LedgerLayout Of(IReadOnlyList<LedgerField> fields)
    {
        var hops = fields.Where(field => field.Name.StartsWith(HopPrefix, StringComparison.Ordinal))
            .Select(field => field.Name[HopPrefix.Length..])
            .ToList();
        var layout = new LedgerLayout(hops);
        if (fields.FirstOrDefault(field => !layout.Fields.Contains(field)) is { } unknown)
        {
            throw new InvalidDataException(
                $"its records have a field '{unknown.Name}' ({unknown.Type}, at {unknown.Offset}) that this program does not understand");
        }

        return fields.SequenceEqual(layout.Fields) && hops.Count <= HopTimes.Most
            ? layout
            : throw new InvalidDataException("the fields of its records are not those that this program understands");
    }

    /// <summary>Reads a record.</summary>
    /// <param name="bytes"><see cref="Length"/> bytes.</param>
    public LedgerRecord Read(ReadOnlySpan<byte> bytes)
    {
        var hops = HopTimes.None;
        for (var hop = 0; hop < Hops.Count; hop++)
        {
            hops[hop] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(FirstHop + (hop * sizeof(uint)))..]);
        }

        var rest = bytes[_afterHops..];
        return new LedgerRecord(
            // As bytes they are in the order of the trace header, so that a trace id can be searched for in the file.
            new RequestIdentity(
                BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[16..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            hops,
            BinaryPrimitives.ReadUInt16LittleEndian(rest),
            BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]),
            (ErrorKind)rest[4],
            rest[5],
            (rest[6] & Awaited) != 0);
    }

    /// <summary>Writes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bytes"><see cref="Length"/> bytes.</param>
    public void Write(in LedgerRecord record, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, record.Identity.TraceHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], record.Identity.TraceLow);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], record.Identity.Span);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], record.Due);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], record.Sent);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], record.Duration);
        for (var hop = 0; hop < Hops.Count; hop++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(FirstHop + (hop * sizeof(uint)))..], record.Hops[hop]);
        }

        var rest = bytes[_afterHops..];
        BinaryPrimitives.WriteUInt16LittleEndian(rest, record.Status);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], record.Request);
        rest[4] = (byte)record.Error;
        rest[5] = record.Version;
        rest[6] = record.WasAwaited ? Awaited : (byte)0;
        rest[7] = 0;
    }
}
