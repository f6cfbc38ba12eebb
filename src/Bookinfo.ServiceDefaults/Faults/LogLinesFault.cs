using Bookinfo.ServiceDefaults.Logging;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Loses lines of the log on stdout, or writes them twice.</summary>
/// <param name="lines">What writes them.</param>
/// <param name="copies">How often a line that is chosen is written: 0 or 2 times.</param>
internal sealed class LogLinesFault(LineLoggerProvider lines, int copies) : Fault
{
    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        int? Copies() => rule.Chooses() ? copies : null;
        Func<int?> decide = Copies;
        lines.AddCopies(decide);
        return new AtEnd(() => lines.RemoveCopies(decide));
    }
}
