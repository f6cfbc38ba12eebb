using System.CommandLine;
using System.CommandLine.Completions;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Tells shells where a file is to be named. They complete files better themselves, with '~', quotes and slashes, but only the tool knows
/// where one can stand. So among the words that it suggests is a mark (see <see cref="Commands.CompletionCommand"/>).
/// </summary>
internal static class FileCompletion
{
    /// <summary>
    /// The beginning of the mark. What the user has typed of the word follows it, because the library drops suggestions without that text.
    /// </summary>
    public const string Mark = "file:";

    /// <summary>Marks everything below a command whose value the help calls a file or a directory.</summary>
    /// <param name="command">The command.</param>
    public static void OfferBelow(Command command)
    {
        foreach (var option in command.Options.Where(static option => IsFile(option.HelpName)))
        {
            Offer(option.CompletionSources);
        }

        foreach (var argument in command.Arguments.Where(static argument => IsFile(argument.HelpName)))
        {
            Offer(argument.CompletionSources);
        }

        foreach (var subcommand in command.Subcommands)
        {
            OfferBelow(subcommand);
        }
    }

    /// <summary>Marks an option or an argument.</summary>
    /// <param name="sources">What is suggested for it.</param>
    public static void Offer(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) =>
        sources.Add(static context => [new CompletionItem(Mark + context.WordToComplete)]);

    private static bool IsFile(string? helpName) => helpName is "file" or "directory";
}
