#pragma warning disable RS0030 // The one place that knows the console; everything else writes through this.

using Bookinfo.Common;
using Bookinfo.Foundation;
using Spectre.Console;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Where every command writes: data to stdout, everything else to stderr. Either may be a file on a full disk, closed, a pipe whose reader
/// has left, or a terminal that is gone. No command has to deal with that: it does its work to the end, and <see cref="End(int)"/> turns
/// what was lost into a line on stderr and an exit code.
/// </summary>
internal static class ToolOutput
{
    private static readonly TerminalDevice OutputEnd = new(Create(FileDescriptor.Output), !Console.IsOutputRedirected, ReadSize);
    private static readonly TerminalDevice ErrorEnd = new(
        Create(FileDescriptor.Error, MessagesWidth), !Console.IsErrorRedirected, ReadSize);

    /// <summary>Writes to stdout.</summary>
    public static StandardWriter Data => (StandardWriter)OutputEnd.Writer;

    /// <summary>Writes to stderr.</summary>
    public static StandardWriter Messages => (StandardWriter)ErrorEnd.Writer;

    /// <summary>
    /// The console that draws on stdout; <see langword="null"/> when that is not a terminal, or does not support control sequences.
    /// </summary>
    public static IAnsiConsole? DataTerminal { get; } = OutputEnd.CreateConsole();

    /// <summary>The console that draws on stderr; <see langword="null"/> in the same cases.</summary>
    public static IAnsiConsole? MessagesTerminal { get; } = ErrorEnd.CreateConsole();

    /// <summary>How many characters fit in a line of stdout; <see langword="null"/> when it is not a terminal.</summary>
    public static int? DataWidth => OutputEnd.IsTerminal ? OutputEnd.Width : null;

    /// <summary>
    /// Formats a table for stdout: no wider than the terminal. A pipe or a file has no width, so there each row is one line.
    /// </summary>
    /// <param name="table">The table.</param>
    public static IEnumerable<string> Lines(TextTable table) => table.Format(DataWidth ?? int.MaxValue).SelectMany(row => row);

    /// <summary>
    /// Checks whether stdout still has a reader. For a command that runs long and seldom writes: without this check, it would find out only
    /// at its next write. A terminal needs no check, because a signal announces its end.
    /// </summary>
    public static void LookForReader()
    {
        if (!OutputEnd.IsTerminal && StandardStream.FindReaderLeft(FileDescriptor.Output) is { } left)
        {
            Data.Lose(left);
        }
    }

    /// <summary>
    /// Shows the cursor again, which a live view hides, and what is typed. For use when the process is about to stop, or to end without
    /// cleaning up.
    /// </summary>
    public static void GiveBackTerminal()
    {
        QuietTerminal.GiveBack();
        foreach (var end in new[] { (Console: DataTerminal, Writer: Data), (Console: MessagesTerminal, Writer: Messages) })
        {
            if (end.Console is not null)
            {
                end.Writer.Write("\e[?25h");
                end.Writer.Flush();
            }
        }
    }

    /// <summary>Reports what could not be written, if anything.</summary>
    /// <param name="exitCode">How the command ended.</param>
    /// <returns>How the process ends, one of <see cref="ExitCode"/>.</returns>
    public static int End(int exitCode) => End(exitCode, Data, Messages);

    /// <inheritdoc cref="End(int)"/>
    /// <param name="exitCode">How the command ended.</param>
    /// <param name="data">stdout.</param>
    /// <param name="messages">stderr.</param>
    public static int End(int exitCode, StandardWriter data, StandardWriter messages)
    {
        if (data.Failure is { } failure && !StandardStream.ReaderHasLeft(failure))
        {
            messages.WriteLine($"bookinfo: the output could not be written to stdout: {Reason(failure)}. Redirect it elsewhere.");
        }

        Exception[] failures = [.. new[] { data.Failure, messages.Failure }.OfType<Exception>()];
        return failures.Any(one => !StandardStream.ReaderHasLeft(one)) ? ExitCode.Failure
            : failures.Length > 0 && exitCode == ExitCode.Success ? ExitCode.ReaderLeft
            : exitCode;
    }

    private static string Reason(Exception failure) => failure.Message.TrimEnd('.');

    private static StandardWriter Create(int descriptor, Func<int?>? width = null) =>
        new(StandardStream.Open(descriptor), Console.OutputEncoding, width);

    private static int? MessagesWidth() => ErrorEnd.IsTerminal ? ErrorEnd.Width : null;

    private static (int Columns, int Rows) ReadSize() => (Console.WindowWidth, Console.WindowHeight);
}
