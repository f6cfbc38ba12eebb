using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Cli.Terminal;

/// <summary>Rules for the options of the commands that measure: the message for a value that is not allowed says what is.</summary>
internal static class OptionRules
{
    /// <summary>Requires each value of an option that may be repeated to be valid.</summary>
    public static void RequireEach(Option<string[]> option, Func<string, bool> isValid, string allowed) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value, option.Name, isValid, allowed);
        }
    });

    /// <summary>Requires an option not to be repeated too often.</summary>
    public static void RequireAtMost(Option<string[]> option, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > most)
        {
            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"{option.Name} is given {result.Tokens.Count} times: at most {most} are allowed."));
        }
    });

    /// <summary>
    /// Adds a rule about several options together. Where the value of one cannot be read at all, the parser says so, and the rule is not
    /// checked.
    /// </summary>
    public static void RequireTogether(Command command, Action<CommandResult> rule) => command.Validators.Add(result =>
    {
        try
        {
            rule(result);
        }
        catch (InvalidOperationException)
        {
            // What the parser throws when asked for such a value.
        }
    });

    /// <summary>
    /// Whether the user has given an option, and it has not only its default. To give a switch as <c>false</c> is to leave it out.
    /// </summary>
    public static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false }
        && (option is not Option<bool> flag || result.GetValue(flag));

    /// <summary>Rejects an option that would be ignored: giving it means that the user misunderstands it.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="useful">Whether it has an effect.</param>
    /// <param name="with">What it takes for that.</param>
    public static void Only(CommandResult result, Option option, bool useful, string with)
    {
        if (IsGiven(result, option) && !useful)
        {
            result.AddError($"{option.Name} has no effect without {with}.");
        }
    }

    /// <summary>Requires what a function checks.</summary>
    public static void Require(SymbolResult result, string? text, string name, Func<string, bool> isValid, string allowed)
    {
        if (text is not null && !isValid(text))
        {
            result.AddError($"{name} '{text}' is not allowed: it {allowed}.");
        }
    }

    /// <summary>Requires what a function checks, for a rule that is a sentence of its own, such as those for image names.</summary>
    public static void RequireRule(OptionResult result, Func<string, bool> isAllowed, string rule)
    {
        if (Token(result) is { } text && !isAllowed(text))
        {
            result.AddError($"{result.Option.Name} '{text}' is not allowed: {rule}.");
        }
    }

    /// <summary>The text that was typed for an option; <see langword="null"/> when there is none.</summary>
    public static string? Token(OptionResult result) => result.Tokens is [var token] ? token.Value : null;

    /// <summary>Whether a text ends with a possible file name: not when it is empty or a directory.</summary>
    public static bool IsFileName(string text) => Path.GetFileName(text) is not ("" or "." or "..");

    /// <summary>Parses a header.</summary>
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
