using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// What is wrong with a command line, in our own words. The parser takes an unknown option for an argument where one could stand, and the
/// next word for the value of an option whose value is missing, as when a shell variable is empty.
/// </summary>
internal static class CommandLineMistakes
{
    /// <summary>The beginning of the word by which shells ask for completions. A position may follow.</summary>
    private const string Suggest = "[suggest:";

    /// <summary>Finds the mistakes.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="parsed">How the parser read it.</param>
    /// <returns>One sentence for each; none when the command can be run.</returns>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> args, ParseResult parsed)
    {
        if (args is [['[', .., ']'] and var first, ..] && WrongDirective(first) is { } wrong)
        {
            return [wrong];
        }

        var options = args.TakeWhile(static word => word != "--").Where(static word => word is ['-', not ('=' or ':'), ..]).ToList();
        List<string> empty =
        [
            .. options.Where(static word => word.IndexOfAny(['=', ':']) == word.Length - 1)
                .Select(static word => $"{word} has no value: write one right behind it, or leave it out."),
        ];
        if (empty.Count > 0)
        {
            return empty;
        }

        List<string> unknown = [.. UnknownOptions(options, parsed)];
        // Anything else that the parser reports then is about words that it has misread.
        return unknown.Count > 0 ? unknown
            : parsed.Action is ParseErrorAction
            ? [.. parsed.Errors.Where(error => parsed.UnmatchedTokens.Count == 0 || error.Message.Contains('\''))
                .Select(error => Word(error.Message, parsed))]
            : parsed.Errors.Count > 0 ? []
            : [.. parsed.CommandResult.Children.OfType<OptionResult>().SelectMany(MissingValues)];
    }

    /// <summary>
    /// What is wrong with a first word in brackets: the parser ignores those that it does not know, and throws for a position that is none.
    /// </summary>
    private static string? WrongDirective(string word)
    {
        var position = word.StartsWith(Suggest, StringComparison.Ordinal) ? word[Suggest.Length..^1] : word == "[suggest]" ? "" : null;
        return position is null ? $"'{word}' is not a command of 'bookinfo'."
            : position.Length == 0 || int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null
            : $"'{word}' is not allowed: it must have a position in the line that is to be completed, from 0 on.";
    }

    private static IEnumerable<string> UnknownOptions(IEnumerable<string> words, ParseResult parsed)
    {
        var known = Known(parsed).ToList();
        // Words that the parser has taken for the value of an option are not options.
        var values = parsed.CommandResult.Children.OfType<OptionResult>()
            .SelectMany(option => option.Tokens)
            .Select(token => token.Value)
            .ToHashSet();
        foreach (var word in words.Where(word => !values.Contains(word)).Select(static word => word.Split(['=', ':'], 2)[0]).Distinct())
        {
            if (!known.Contains(word, StringComparer.Ordinal) && !IsShortWithValue(word, known))
            {
                yield return $"{word} is not an option of '{Path(parsed.CommandResult)}'."
                    + (AsksForAddress(word, parsed) ?? NearestName.Suggest(word, known));
            }
        }
    }

    /// <summary>How to name an address where it is an argument, for who looks for an option.</summary>
    private static string? AsksForAddress(string word, ParseResult parsed) =>
        word is "--port" or "--host" or "--url" or "--address" or "--target"
        && parsed.CommandResult.Command.Arguments.Any(static argument => argument.Name == TypedOptions.UrlName)
            ? $" The address stands without an option, such as '{Path(parsed.CommandResult)} localhost:{SourceTree.UsualPort}'."
            : null;

    /// <summary>Whether a word is an option joined to its value, such as <c>-nshop</c> for <c>-n shop</c>.</summary>
    private static bool IsShortWithValue(string word, List<string> known) =>
        word is ['-', not '-', _, ..] && known.Contains(word[..2], StringComparer.Ordinal);

    private static IEnumerable<string> Known(ParseResult parsed)
    {
        for (SymbolResult? command = parsed.CommandResult; command is CommandResult { Command: var one }; command = command.Parent)
        {
            foreach (var option in one.Options.Where(option => command == parsed.CommandResult || option.Recursive))
            {
                yield return option.Name;
                foreach (var alias in option.Aliases)
                {
                    yield return alias;
                }
            }
        }
    }

    /// <summary>Rewords the parser's own message for a surplus word, which says neither what the word is nor what was meant.</summary>
    private static string Word(string message, ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var word, ..] && message.Contains($"'{word}'", StringComparison.Ordinal)
            && message.StartsWith("Unrecognized", StringComparison.Ordinal))
        {
            List<string> commands = [.. parsed.CommandResult.Command.Subcommands.Select(command => command.Name)];
            return commands.Count > 0
                ? $"'{word}' is not a command of '{Path(parsed.CommandResult)}'.{NearestName.Suggest(word, commands)}"
                : $"'{Path(parsed.CommandResult)}' takes no argument '{word}'.";
        }

        return message;
    }

    private static IEnumerable<string> MissingValues(OptionResult option) => option.Tokens
        .Select(static token => token.Value)
        .Where(static value => value is "" or ['-', '-', ..])
        .Select(value => value.Length == 0
            ? $"{option.Option.Name} '' is not allowed: it must have a value, or be left out."
            : $"{option.Option.Name} '{value}' is not allowed: that looks like another option. A file of this name is ./{value}.");

    /// <summary>A command as it is typed, with its parent commands.</summary>
    /// <param name="command">The command.</param>
    public static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "bookinfo";
}
