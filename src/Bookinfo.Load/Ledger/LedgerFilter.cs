using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Load;

/// <summary>A condition that selects records of a ledger, made of a field, a comparison and a value: <c>status&gt;=500</c>.</summary>
public sealed partial class LedgerFilter
{
    /// <summary>How to write one.</summary>
    public const string Grammar =
        "must be a field, one of = != < <= > >=, and a value, such as 'status>=500', 'latency>50ms', 'error!=none' or 'trace=<trace id>'. "
        + "Fields whose value is a time in us, ms or s are due, latency (from due time), duration (from send time), late, and the hops of "
        + "the ledger by their names. status is a number. Fields with = and != only are error, version, kind, method, path, trace and "
        + "span";

    /// <summary>How many of the words that there are a message names; paths may be many.</summary>
    private const int MostShown = 25;

    private readonly string _field;
    private readonly string _operation;
    private readonly string _text;
    private readonly double? _number;

    private LedgerFilter(string field, string operation, string text, double? number) =>
        (_field, _operation, _text, _number) = (field, operation, text, number);

    /// <summary>Parses a condition.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The condition, or <see langword="null"/> if the text is not one.</returns>
    public static LedgerFilter? TryParse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var (field, operation, value) = (match.Groups["field"].Value, match.Groups["operation"].Value, match.Groups["value"].Value);
        if (LedgerRow.IsWord(field))
        {
            return operation is "=" or "!=" ? new LedgerFilter(field, operation, value, null) : null;
        }

        var unit = Number().Match(value);
        if (!unit.Success || (field == LedgerRow.Status) != (unit.Groups["unit"].Length == 0))
        {
            return null;
        }

        var nanoseconds = unit.Groups["unit"].Value switch
        {
            "s" => 1e9,
            "ms" => 1e6,
            "us" => 1e3,
            _ => 1,
        };
        return new LedgerFilter(
            field, operation, value, double.Parse(unit.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * nanoseconds);
    }

    /// <summary>
    /// Finds out whether a ledger can have records for which the condition holds: a field or a word that it does not know is a mistake.
    /// </summary>
    /// <param name="ledger">The ledger.</param>
    /// <returns>The rest of a sentence about the ledger, without its end; <see langword="null"/> when nothing is wrong.</returns>
    public string? FindProblem(LedgerReader ledger)
    {
        if (!LedgerRow.IsKnown(_field) && !ledger.Layout.Hops.Contains(_field))
        {
            return $"has no field '{_field}'. Its hops are {string.Join(", ", ledger.Layout.Hops)}";
        }

        if (LedgerRow.DigitsOf(_field) is { } digits)
        {
            return _text.Length == digits && _text.All(char.IsAsciiHexDigit)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"has no {_field} '{_text}': it must be {digits} hexadecimal digits");
        }

        if (_number is not null || LedgerRow.WordsOf(_field, ledger) is not { } known
            || known.Contains(_text, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var shown = known.Count > MostShown
            ? string.Create(
                CultureInfo.InvariantCulture, $"{string.Join(", ", known.Take(MostShown))} and {known.Count - MostShown:N0} more")
            : string.Join(", ", known);
        return $"has no {_field} '{_text}'. There are {shown}";
    }

    /// <summary>
    /// Whether the condition holds for a record. On a hop that the answer does not report, no condition holds, not even one with !=.
    /// </summary>
    /// <param name="row">The record.</param>
    public bool Matches(LedgerRow row)
    {
        if (_number is not { } number)
        {
            return string.Equals(row.Word(_field), _text, StringComparison.OrdinalIgnoreCase) == (_operation == "=");
        }

        return row.Number(_field) is { } value && _operation switch
        {
            "=" => value == number,
            "!=" => value != number,
            "<" => value < number,
            "<=" => value <= number,
            ">" => value > number,
            _ => value >= number,
        };
    }

    [GeneratedRegex(@"^(?<field>[a-z][a-z0-9-]*)(?<operation>!=|<=|>=|=|<|>)(?<value>.+)\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"^(?<number>[0-9]{1,12}(?:\.[0-9]{1,9})?)(?<unit>us|ms|s)?\z")]
    private static partial Regex Number();
}

/// <summary>A record of a ledger, with its numbers translated.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="record">The record.</param>
public sealed class LedgerRow(LedgerReader ledger, LedgerRecord record)
{
    /// <summary>The field that is a number without a unit.</summary>
    internal const string Status = "status";

    private const string NoError = "none";

    /// <summary>The fields that are words.</summary>
    private static readonly Dictionary<string, Func<LedgerRow, string>> Words = new()
    {
        ["error"] = static row => row.Error ?? NoError,
        ["version"] = static row => row.Version ?? NoError,
        ["kind"] = static row => RequestKindName.Of(row.Request.Kind),
        ["method"] = static row => row.Request.Method,
        ["path"] = static row => row.Request.Path,
        ["trace"] = static row => row.Record.Identity.TraceId,
        ["span"] = static row => row.Record.Identity.SpanId,
    };

    /// <summary>The fields that are numbers: a status, and times in nanoseconds.</summary>
    private static readonly Dictionary<string, Func<LedgerRow, double>> Numbers = new()
    {
        [Status] = static row => row.Record.Status,
        ["due"] = static row => row.Record.Due,
        ["latency"] = static row => row.Latency,
        ["duration"] = static row => row.Record.Duration,
        ["late"] = static row => row.Record.Sent - row.Record.Due,
    };

    /// <summary>The record.</summary>
    public LedgerRecord Record => record;

    /// <summary>The request that was sent.</summary>
    public LedgerRequest Request { get; } = record.Request < ledger.Header.Requests.Count
        ? ledger.Header.Requests[record.Request]
        : new LedgerRequest(RequestKind.Setup, "?", "?");

    /// <summary>When it was due.</summary>
    public DateTimeOffset DueAt => DateTimeOffset.UnixEpoch.AddTicks(
        (ledger.Header.StartUnixNanoseconds + record.Due) / TimeSpan.NanosecondsPerTick);

    /// <summary>What went wrong; <see langword="null"/> when nothing did.</summary>
    public string? Error => record.Error == ErrorKind.None
        ? null
        : ledger.Header.Errors.GetValueOrDefault((int)record.Error) ?? $"{(int)record.Error}";

    /// <summary>The version that answered; <see langword="null"/> when the answer does not say.</summary>
    public string? Version => record.Version == 0
        ? null
        : ledger.Header.Versions.GetValueOrDefault(record.Version) ?? $"{record.Version}";

    /// <summary>The time from when it was due to the end of its answer, in nanoseconds.</summary>
    public long Latency => record.Sent - record.Due + record.Duration;

    /// <summary>The duration of each hop in microseconds; <see langword="null"/> for hops that the answer does not report.</summary>
    public IEnumerable<(string Name, uint? Microseconds)> Hops => ledger.Layout.Hops.Select(
        (name, hop) => (name, record.Hops[hop] == HopTimes.Unknown ? (uint?)null : record.Hops[hop]));

    /// <summary>How many hexadecimal digits a field has; <see langword="null"/> when it is not such a number.</summary>
    internal static int? DigitsOf(string field) => field switch
    {
        "trace" => 32,
        "span" => 16,
        _ => null,
    };

    /// <summary>The words that a field can be; <see langword="null"/> when it is not one of several words.</summary>
    internal static IReadOnlyList<string>? WordsOf(string field, LedgerReader ledger) => field switch
    {
        "error" => [.. ledger.Header.Errors.OrderBy(error => error.Key).Select(error => error.Value)],
        "version" => [.. ledger.Header.Versions.OrderBy(version => version.Key).Select(version => version.Value), NoError],
        "kind" => [.. Enum.GetValues<RequestKind>().Select(RequestKindName.Of)],
        "method" => [.. ledger.Header.Requests.Select(request => request.Method).Distinct().Order(StringComparer.Ordinal)],
        "path" => [.. ledger.Header.Requests.Select(request => request.Path).Distinct().Order(StringComparer.Ordinal)],
        _ => null,
    };

    internal static bool IsWord(string field) => Words.ContainsKey(field);

    internal static bool IsKnown(string field) => Numbers.ContainsKey(field) || IsWord(field);

    /// <summary>The value of a field that is a word.</summary>
    internal string Word(string field) => Words[field](this);

    /// <summary>The value of a field that is a number; all but the known ones are hops.</summary>
    internal double? Number(string field) => Numbers.TryGetValue(field, out var read)
        ? read(this)
        : Hops.FirstOrDefault(hop => hop.Name == field).Microseconds * 1e3;
}
