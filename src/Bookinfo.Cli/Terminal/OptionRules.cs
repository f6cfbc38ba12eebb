using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Load;

namespace Bookinfo.Cli.Terminal;

/// <summary>What options may be, for the commands that measure: a value that is not allowed is refused with what is.</summary>
internal static class OptionRules
{
    /// <summary>The highest rate, in requests a second.</summary>
    public const double HighestRate = 1_000_000;

    /// <summary>The lowest rate, in requests a second.</summary>
    public const double LowestRate = 0.1;

    /// <summary>An option that may be repeated.</summary>
    public static void RequireEach(Option<string[]> option, Func<string, bool> isValid, string allowed) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value, option.Name, isValid, allowed);
        }
    });

    /// <summary>
    /// What options mean together. Where the value of one cannot be read at all, the parser says so, and these rules are not asked.
    /// </summary>
    public static void RequireTogether(Command command, Action<CommandResult> rule) => command.Validators.Add(result =>
    {
        try
        {
            rule(result);
        }
        catch (InvalidOperationException)
        {
            // What the parser throws when it is asked for such a value.
        }
    });

    /// <summary>Anything that a function can tell.</summary>
    public static void Require(SymbolResult result, string? text, string name, Func<string, bool> isValid, string allowed)
    {
        if (text is not null && !isValid(text))
        {
            result.AddError($"{name} '{text}' is not allowed: it {allowed}.");
        }
    }

    /// <summary>A value that a rule allows which is a sentence of its own, such as those of image names.</summary>
    public static void RequireRule(OptionResult result, Func<string, bool> isAllowed, string rule)
    {
        if (Token(result) is { } text && !isAllowed(text))
        {
            result.AddError($"{result.Option.Name} '{text}' is not allowed: {rule}.");
        }
    }

    /// <summary>What was typed for an option; <see langword="null"/> for nothing.</summary>
    public static string? Token(OptionResult result) => result.Tokens is [var token] ? token.Value : null;

    /// <summary>Whether a text is an address to send requests to.</summary>
    public static bool IsUrl(string text) => LoadTarget.IsUrl(text);

    /// <summary>Whether a text ends with what a file can be called; an empty one, or a directory, it cannot.</summary>
    public static bool IsFileName(string text) => Path.GetFileName(text) is not ("" or "." or "..");

    /// <summary>Reads a header.</summary>
    public static bool TryParseHeader(string text, out KeyValuePair<string, string> header)
    {
        header = SplitHeader(text);
        return RequestTemplate.IsAllowedHeader(header.Key, header.Value);
    }

    /// <summary>Whether a header has a value that cannot be sent, whatever its name.</summary>
    public static bool HasWrongValue(string header) => !RequestTemplate.IsHeaderValue(SplitHeader(header).Value);

    private static KeyValuePair<string, string> SplitHeader(string text) =>
        text.IndexOf(':') is > 0 and var colon
            ? KeyValuePair.Create(text[..colon], text[(colon + 1)..].Trim())
            : KeyValuePair.Create("", "");
}
