using System.Globalization;
using System.Text.Json;

namespace Bookinfo.Contracts;

/// <summary>Reads the values of parameters.</summary>
internal static class FaultValues
{
    private static readonly (string Suffix, double Factor)[] Sizes =
        [("Ki", 1024), ("Mi", 1024 * 1024), ("Gi", 1024 * 1024 * 1024), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("", 1)];

    /// <summary>Reads a value from a rule.</summary>
    /// <param name="parameter">What it is.</param>
    /// <param name="value">The value.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="numbers">Where it goes when it is a number.</param>
    /// <param name="texts">Where it goes when it is a text.</param>
    /// <exception cref="InvalidFaultException">It is not allowed.</exception>
    public static void Read(
        FaultParameter parameter, JsonElement value, string path, Dictionary<string, double> numbers, Dictionary<string, string> texts)
    {
        switch (parameter.Type)
        {
            case FaultValueType.Number or FaultValueType.Whole when value.ValueKind == JsonValueKind.Number:
                numbers[parameter.Name] = ReadNumber(
                    value, path, parameter.Least, parameter.Most, parameter.Type == FaultValueType.Whole);
                break;
            case FaultValueType.Flag when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                numbers[parameter.Name] = value.GetBoolean() ? 1 : 0;
                break;
            case FaultValueType.Bytes when value.ValueKind == JsonValueKind.Number:
                numbers[parameter.Name] = value.TryGetDouble(out var bytes) && bytes >= parameter.Least && bytes <= parameter.Most
                    ? bytes
                    : throw NotAllowed(parameter, path);
                break;
            case not (FaultValueType.Number or FaultValueType.Whole or FaultValueType.Flag) when value.ValueKind == JsonValueKind.String:
                Read(parameter, value.GetString()!, path, numbers, texts);
                break;
            default:
                throw NotAllowed(parameter, path);
        }
    }

    /// <summary>Reads a value that is written as text.</summary>
    /// <inheritdoc cref="Read(FaultParameter, JsonElement, string, Dictionary{string, double}, Dictionary{string, string})"/>
    public static void Read(
        FaultParameter parameter, string text, string path, Dictionary<string, double> numbers, Dictionary<string, string> texts)
    {
        double? number = null;
        switch (parameter.Type)
        {
            case FaultValueType.Time when Duration.TryParse(text, out var time):
                number = time.TotalSeconds;
                break;
            case FaultValueType.Bytes:
                number = ParseSize(text);
                break;
            case FaultValueType.Flag:
                numbers[parameter.Name] = bool.Parse(text) ? 1 : 0;
                return;
            case FaultValueType.Number or FaultValueType.Whole:
                number = double.Parse(text, CultureInfo.InvariantCulture);
                break;
            case FaultValueType.Word when parameter.Words.Contains(text):
            case FaultValueType.Text when text.Length <= FaultRuleReader.LongestText:
                texts[parameter.Name] = text;
                return;
            default:
                break;
        }

        numbers[parameter.Name] = number is { } value && value >= parameter.Least && value <= parameter.Most
            ? value
            : throw NotAllowed(parameter, path);
    }

    /// <summary>Reads a duration.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="least">The least value, in seconds.</param>
    /// <param name="most">The greatest value, in seconds.</param>
    /// <returns>Seconds.</returns>
    /// <exception cref="InvalidFaultException">It is not allowed.</exception>
    public static double ReadTime(JsonElement value, string path, double least, double most) =>
        value.ValueKind == JsonValueKind.String && Duration.TryParse(value.GetString(), out var time)
        && time.TotalSeconds >= least && time.TotalSeconds <= most
            ? time.TotalSeconds
            : throw new InvalidFaultException(path, $"must be {TimeRange(least, most)}");

    /// <summary>Reads a number.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="least">The least value.</param>
    /// <param name="most">The greatest value.</param>
    /// <param name="whole">Whether it has to be a whole number.</param>
    /// <exception cref="InvalidFaultException">It is not allowed.</exception>
    public static double ReadNumber(JsonElement value, string path, double least, double most, bool whole) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
        // A fraction may be too small to be in the number.
        && (!whole || WholeNumber.TryRead(value, out _))
            ? number
            : throw new InvalidFaultException(path, $"must be {NumberRange(least, most, whole)}");

    private static InvalidFaultException NotAllowed(FaultParameter parameter, string path) => new(path, "must be " + parameter.Type switch
    {
        FaultValueType.Time => TimeRange(parameter.Least, parameter.Most),
        FaultValueType.Bytes => $"a size from {Size(parameter.Least)} to {Size(parameter.Most)}, such as 512Ki or 32Mi",
        FaultValueType.Word => string.Join(" or ", parameter.Words),
        FaultValueType.Text => $"a text of {FaultRuleReader.LongestText} characters at most",
        FaultValueType.Flag => "true or false",
        _ => NumberRange(parameter.Least, parameter.Most, parameter.Type == FaultValueType.Whole),
    });

    private static double? ParseSize(string text)
    {
        foreach (var (suffix, factor) in Sizes)
        {
            // .NET ignores nulls at the end of a number.
            if (text.EndsWith(suffix, StringComparison.Ordinal) && !text.Contains('\0')
                && double.TryParse(
                    text.AsSpan(..^suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var size))
            {
                return size * factor;
            }
        }

        return null;
    }

    private static string Size(double bytes) => bytes switch
    {
        >= 1024 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024 * 1024)}Gi"),
        >= 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024)}Mi"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024}Ki"),
    };

    private static string TimeRange(double least, double most) => string.Create(
        CultureInfo.InvariantCulture, $"a time {(least > 0 ? $"from {least * 1000}ms " : "")}up to {most / 3600}h, such as 1.5s or 100ms");

    private static string NumberRange(double least, double most, bool whole) =>
        string.Create(CultureInfo.InvariantCulture, $"a {(whole ? "whole " : "")}number from {least} to {most}");
}
