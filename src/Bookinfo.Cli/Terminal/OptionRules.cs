using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Cli.Terminal;

/// <summary>What options may be, for the commands that measure: a value that is not allowed is refused with what is.</summary>
internal static class OptionRules
{
    /// <summary>The highest rate, in requests a second.</summary>
    public const double HighestRate = 1_000_000;

    /// <summary>The lowest rate, in requests a second.</summary>
    public const double LowestRate = 0.1;

    /// <summary>A number.</summary>
    public static void RequireNumber(Option<string> option, double least, double most) => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Number(text) is { } number && number >= least && number <= most, Range(least, most)));

    /// <summary>A whole number.</summary>
    public static void RequireWhole(Option<string> option, long least, long most) => option.Validators.Add(result => Require(
        result, Token(result), option.Name,
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most,
        string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}")));

    /// <summary>A time.</summary>
    public static void RequireSpan(Option<string> option, TimeSpan least, TimeSpan most, string range) => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Span(text) is { } span && span >= least && span <= most, $"must be a time {range}, such as 500ms, 30s or 5m"));

    /// <summary>A name out of an enumeration.</summary>
    public static void RequireName<T>(Option option, string allowed)
        where T : struct, Enum => option.Validators.Add(result => Require(
        result, Token(result), option.Name, text => Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase), allowed));

    /// <summary>An option that may be repeated.</summary>
    public static void RequireEach(Option<string[]> option, Func<string, bool> isValid, string allowed) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value, option.Name, isValid, allowed);
        }
    });

    /// <summary>What options mean together. Where the value of one cannot be read at all, the parser says so, and what it means is no question.</summary>
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

    /// <summary>Reads a number.</summary>
    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads a time.</summary>
    public static TimeSpan? Span(string? text) => text is not null && Duration.TryParse(text, out var span) ? span : null;

    /// <summary>Reads a name out of an enumeration.</summary>
    public static T Name<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : default;

    /// <summary>Whether a text is an address to send requests to.</summary>
    public static bool IsUrl(string text) => LoadTarget.IsUrl(text);

    /// <summary>Reads a header.</summary>
    public static bool TryParseHeader(string text, out KeyValuePair<string, string> header)
    {
        var colon = text.IndexOf(':');
        header = colon <= 0 ? default : KeyValuePair.Create(text[..colon], text[(colon + 1)..].Trim());
        return colon > 0 && RequestTemplate.IsAllowedHeader(header.Key, header.Value);
    }

    private static string Range(double least, double most) => string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most:0}");
}
