using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Cli.Views;

/// <summary>
/// The records of a ledger for people. The trace id is whole on any terminal, because it is what one searches for elsewhere. Where there is
/// little room, the time is left out, and what was sent is cut.
/// </summary>
/// <param name="width">How many characters fit in a line; <see langword="null"/> if there is no limit, as in a file.</param>
internal sealed class LedgerText(int? width) : ILedgerLines
{
    private const string Cut = "…";

    /// <summary>The characters of a line up to the path, with the time.</summary>
    private const int BeforePath = 66;

    /// <summary>The least room for path and error that is worth having the time beside it.</summary>
    private const int LeastPath = 40;

    private readonly bool _hasDue = width is null || width - BeforePath >= LeastPath;

    /// <inheritdoc/>
    public bool HasCut { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<string> Head(LedgerReader ledger) =>
        [Fit($"{(_hasDue ? "   DUE s  " : "")}     MS  STATUS  VER  TRACE                             PATH")];

    /// <inheritdoc/>
    public string Line(LedgerRow row) => Fit(string.Create(
        CultureInfo.InvariantCulture,
        $"{(_hasDue ? FormattableString.Invariant($"{row.Record.Due / 1e9,8:0.000}  ") : "")}{row.Latency / 1e6,7:0.00}  "
        + $"{(row.Record.Status > 0 ? $"{row.Record.Status}" : "-"),6}  {row.Version ?? "-",-3}  {row.Record.Identity.TraceId}  "
        + $"{(row.Request.Method == "GET" ? "" : $"{row.Request.Method} ")}{row.Request.Path}"
        + $"{(row.Error is { } error ? $": {error}" : "")}"));

    private string Fit(string line)
    {
        if (width is not { } most || line.Length <= most)
        {
            return line;
        }

        HasCut = true;
        return line[..TextCut.Before(line, most - Cut.Length)] + Cut;
    }
}
