using System.Text;
using Spectre.Console;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// What stdout or stderr is connected to, if it is a terminal. The one place that knows its size: a terminal may have no size at all or
/// only one column, may be resized at any time, or may be gone.
/// </summary>
/// <param name="writer">Writes to it.</param>
/// <param name="isTerminal">Whether it is a terminal.</param>
/// <param name="readSize">Reads its columns and rows.</param>
internal sealed class TerminalDevice(TextWriter writer, bool isTerminal, Func<(int Columns, int Rows)> readSize) : IAnsiConsoleOutput
{
    /// <summary>The smallest width, in columns, that anything is laid out for; a narrower terminal breaks lines itself.</summary>
    public const int LeastWidth = 20;

    private const int MostWidth = 1000;
    private const int UsualWidth = 80;
    private const int LeastHeight = 5;
    private const int MostHeight = 1000;
    private const int UsualHeight = 24;

    /// <inheritdoc/>
    public TextWriter Writer => writer;

    /// <inheritdoc/>
    public bool IsTerminal => isTerminal;

    /// <inheritdoc/>
    public int Width => Bound(Size.Columns, LeastWidth, MostWidth, UsualWidth);

    /// <inheritdoc/>
    public int Height => Bound(Size.Rows, LeastHeight, MostHeight, UsualHeight);

    private (int Columns, int Rows) Size
    {
        get
        {
            try
            {
                return isTerminal ? readSize() : default;
            }
            catch (Exception exception) when (
                exception is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException)
            {
                // The terminal is gone, or does not report its size.
                return default;
            }
        }
    }

    /// <summary>Creates the console that draws on the terminal.</summary>
    /// <returns><see langword="null"/> when it is not a terminal, or is one that does not support control sequences.</returns>
#pragma warning disable RS0030 // The one place where a console is made.
    public IAnsiConsole? CreateConsole() =>
        isTerminal && AnsiConsole.Create(new AnsiConsoleSettings { Out = this }) is { Profile.Capabilities.Ansi: true } console
            ? console
            : null;
#pragma warning restore RS0030

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding)
    {
        // Unchanged: the writer already has its encoding.
    }

    private static int Bound(int size, int least, int most, int usual) => size <= 0 ? usual : Math.Clamp(size, least, most);
}
