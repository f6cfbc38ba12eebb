namespace Bookinfo.Cli.Load;

/// <summary>
/// The frame of a ledger (docs/measuring.md): a preamble of 16 bytes, the header as JSON, records of equal length, and a footer, without which the ledger was cut
/// off. Numbers are little-endian.
/// </summary>
internal static class LedgerFormat
{
    /// <summary>Changes when a reader of the last version would misread a file.</summary>
    public const ushort Version = 1;

    /// <summary>The magic, the version, the length of a record and the length of the header.</summary>
    public const int PreambleLength = 16;

    /// <summary>The magic, the number of records and the number of those that were lost.</summary>
    public const int FooterLength = 24;

    /// <summary>How a ledger begins.</summary>
    public static ReadOnlySpan<byte> Magic => "BOOKLOAD"u8;

    /// <summary>How the footer of a ledger begins.</summary>
    public static ReadOnlySpan<byte> FooterMagic => "BOOKDONE"u8;
}
