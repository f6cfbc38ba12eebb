using System.CommandLine;
using System.CommandLine.Parsing;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Finds options without a value where there should be one, as when a shell's variable is empty. The parser takes the next word for it, be that an
/// address or the name of another option.
/// </summary>
internal static class MissingValues
{
    /// <summary>Looks for them.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="parsed">What the parser has made of it.</param>
    /// <returns>A sentence for each.</returns>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> args, ParseResult parsed)
    {
        List<string> empty =
        [
            .. args.TakeWhile(static word => word != "--")
                .Where(static word => word is ['-', not ('=' or ':'), ..] && word.IndexOfAny(['=', ':']) == word.Length - 1)
                .Select(static word => $"{word} has no value: write one right behind it, or leave it out."),
        ];
        // Whatever the parser has to say then is about words that are not what it took them for.
        return empty.Count > 0 || parsed.Errors.Count > 0 ? empty
            : [.. parsed.CommandResult.Children.OfType<OptionResult>().SelectMany(Find)];
    }

    private static IEnumerable<string> Find(OptionResult option) => option.Tokens
        .Select(static token => token.Value)
        .Where(static value => value is "" or ['-', '-', ..])
        .Select(value => value.Length == 0
            ? $"{option.Option.Name} '' is not allowed: it must have a value, or be left out."
            : $"{option.Option.Name} '{value}' is not allowed: that looks like another option. A file of this name is ./{value}.");
}
