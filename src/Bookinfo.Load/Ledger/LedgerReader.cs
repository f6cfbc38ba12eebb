using System.Buffers.Binary;
using System.Text.Json;

namespace Bookinfo.Load;

/// <summary>Reads a ledger, even one that was cut off in the middle.</summary>
public sealed class LedgerReader : IDisposable
{
    private const int LongestHeader = 16 * 1024 * 1024;

    /// <summary>Far more requests than a run has, and few enough to be added up.</summary>
    private const long MostLost = 1_000_000_000_000;

    /// <summary>The beginning of 2200, in nanoseconds since 1970. What is added to it must be a number of 64 bits.</summary>
    private const long LatestStart = 7_258_118_400_000_000_000;

    private readonly FileStream _file;
    private readonly long _first;

    /// <summary>Opens a ledger.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is not a ledger, or is one of a version or a layout that this program does not know.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public LedgerReader(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 256 * 1024);
        try
        {
            Header = ReadHeader(path, out var length);
            Layout = ReadLayout(path, length);
            _first = _file.Position;
            (Count, Lost, IsComplete) = ReadFooter(path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What the ledger says about its run.</summary>
    public LedgerHeader Header { get; }

    /// <summary>Where the fields of a record are.</summary>
    public LedgerLayout Layout { get; }

    /// <summary>How many records the ledger has, including those of the setup.</summary>
    public long Count { get; }

    /// <summary>How many records are missing because their writer had no room for them; known only for a complete ledger.</summary>
    public long Lost { get; }

    /// <summary>Whether the ledger was written to its end.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads the records. Those of requests on one connection are in the order in which the requests ended.</summary>
    public IEnumerable<LedgerRecord> Read()
    {
        _file.Position = _first;
        var record = new byte[Layout.Length];
        for (long index = 0; index < Count; index++)
        {
            _file.ReadExactly(record);
            yield return Layout.Read(record);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private LedgerHeader ReadHeader(string path, out int recordLength)
    {
        var preamble = new byte[LedgerFormat.PreambleLength];
        if (_file.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false) < preamble.Length
            || !preamble.AsSpan().StartsWith(LedgerFormat.Magic))
        {
            throw new InvalidDataException($"'{path}' is not a ledger: it does not begin with the signature of one.");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(preamble.AsSpan(8));
        if (version != LedgerFormat.Version)
        {
            throw new InvalidDataException(
                $"'{path}' is a ledger of version {version}; this program knows version {LedgerFormat.Version}.");
        }

        recordLength = BinaryPrimitives.ReadUInt16LittleEndian(preamble.AsSpan(10));
        var length = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(12));
        if (length is < 0 or > LongestHeader || length > _file.Length - _file.Position)
        {
            throw new InvalidDataException($"'{path}' is a broken ledger: its preamble gives an impossible header length.");
        }

        var json = new byte[length];
        _file.ReadExactly(json);
        try
        {
            return JsonSerializer.Deserialize(json, LedgerJson.Default.LedgerHeader) is { } header && IsWhole(header)
                ? header
                : throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is a broken ledger: its header is not valid.", exception);
        }
    }

    /// <summary>
    /// Whether nothing is missing in a list, every text can be shown as it is, and the target and the start can be. The reader of JSON
    /// looks at none of these.
    /// </summary>
    private static bool IsWhole(LedgerHeader header) =>
        IsPlain(header.Program) && IsPlain(header.Target) && LoadTarget.IsUrl(header.Target)
        && header.StartUnixNanoseconds is >= 0 and <= LatestStart
        && header.Requests.All(request => request is { Method: var method, Path: var path } && IsPlain(method) && IsPlain(path))
        && header.Fields.All(field => field is { Name: var name, Type: var type } && IsPlain(name) && IsPlain(type))
        && header.Errors.Values.Concat(header.Versions.Values).All(IsPlain);

    private static bool IsPlain(string? text) => text is not null && !text.Any(char.IsControl);

    private LedgerLayout ReadLayout(string path, int recordLength)
    {
        LedgerLayout layout;
        try
        {
            layout = LedgerLayout.Of(Header.Fields);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{path}' is a ledger that this program cannot read: {exception.Message}.", exception);
        }

        return layout.Length == recordLength
            ? layout
            : throw new InvalidDataException($"'{path}' is a broken ledger: its preamble and its header give different record lengths.");
    }

    private (long Count, long Lost, bool IsComplete) ReadFooter(string path)
    {
        var rest = _file.Length - _first;
        var records = (rest - LedgerFormat.FooterLength) / Layout.Length;
        if (rest >= LedgerFormat.FooterLength && rest == (records * Layout.Length) + LedgerFormat.FooterLength)
        {
            var footer = new byte[LedgerFormat.FooterLength];
            _file.Position = _file.Length - footer.Length;
            _file.ReadExactly(footer);
            if (footer.AsSpan().StartsWith(LedgerFormat.FooterMagic) && BinaryPrimitives.ReadInt64LittleEndian(footer.AsSpan(8)) == records)
            {
                return BinaryPrimitives.ReadInt64LittleEndian(footer.AsSpan(16)) is >= 0 and <= MostLost and var lost
                    ? (records, lost, true)
                    : throw new InvalidDataException(
                        $"'{path}' is a broken ledger: its footer gives an impossible number of lost requests.");
            }
        }

        return (rest / Layout.Length, 0, false);
    }
}
