using System.Globalization;
using System.Text.Json;

namespace Bookinfo.Contracts;

/// <summary>Reads rules from JSON and checks them.</summary>
public static class FaultRuleReader
{
    /// <summary>The most rules that may be set at once.</summary>
    public const int MostRules = 64;

    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 63;

    /// <summary>The most characters of a text, such as the body of <see cref="FaultCatalog.WrongBody"/>.</summary>
    public const int LongestText = 1024;

    /// <summary>What errors call the list, unless it is a part of something else.</summary>
    public const string Root = "rules";

    /// <summary>The most requests in a row of which <c>every</c> chooses some.</summary>
    public const int MostEvery = 1_000_000;

    private const string NameKey = "name";
    private const string MatchKey = "match";
    private const string StartKey = "start";
    private const string EndKey = "end";
    private const string CycleKey = "cycle";
    private const string SeedKey = "seed";
    private const string PercentageKey = "percentage";
    private const string EveryKey = "every";
    private const string BurstKey = "burst";

    /// <summary>The longest time of a rule, a day, in seconds.</summary>
    private const double LongestTime = 24 * 3600;

    private static readonly string[] Callers =
        [.. ServiceCatalog.All.Where(service => service.Calls.Count > 0).Select(service => service.Name)];

    private static readonly string[] Routes = [.. ServiceCatalog.All.SelectMany(service => service.Routes).Select(route => route.Template)];

    private static readonly string AllFaults = string.Join(", ", FaultCatalog.All.Select(kind => kind.Name));

    /// <summary>The keys of a rule beside its fault, and those of <c>match</c>: for those who write a schema.</summary>
    public static IReadOnlyList<string> RuleKeys { get; } = [NameKey, MatchKey, StartKey, EndKey, CycleKey, SeedKey];

    /// <summary>The keys by which a fault says how often it happens.</summary>
    public static IReadOnlyList<string> ChanceKeys { get; } = [PercentageKey, EveryKey, BurstKey];

    /// <summary>The keys of <c>match</c>.</summary>
    public static IReadOnlyList<string> MatchKeys { get; } = ["route", "method", "endUser", "caller"];

    /// <summary>How the JSON of rules is taken apart: with comments and trailing commas, and without a key that comes twice.</summary>
    public static JsonDocumentOptions Options { get; } = new()
    {
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a list of rules.</summary>
    /// <param name="json">A JSON array, to be taken apart with <see cref="Options"/>.</param>
    /// <exception cref="InvalidFaultException">It is not JSON, or a rule is not allowed.</exception>
    public static IReadOnlyList<FaultRule> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return Read(document.RootElement, Root);
        }
        catch (JsonException exception)
        {
            throw new InvalidFaultException(
                string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}"), "must be JSON: a list of rules");
        }
        catch (InvalidOperationException)
        {
            throw NotText(Root);
        }
    }

    /// <summary>Reads a list of rules.</summary>
    /// <param name="rules">The list.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidFaultException">A rule is not allowed.</exception>
    public static IReadOnlyList<FaultRule> Read(JsonElement rules, string path)
    {
        try
        {
            return ReadAll(rules, path);
        }
        catch (InvalidOperationException)
        {
            throw NotText(path);
        }
    }

    private static InvalidFaultException NotText(string path) =>
        new(path, "must be valid text: half of a surrogate pair, or a byte that is not UTF-8, is in it");

    private static List<FaultRule> ReadAll(JsonElement rules, string path)
    {
        if (rules.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidFaultException(path, "must be a list of rules");
        }

        if (rules.GetArrayLength() > MostRules)
        {
            throw new InvalidFaultException(path, $"must have at most {MostRules} rules");
        }

        var read = new List<FaultRule>();
        foreach (var rule in rules.EnumerateArray())
        {
            var one = ReadRule(rule, string.Create(CultureInfo.InvariantCulture, $"{path}[{read.Count}]"));
            if (read.Exists(other => other.Name == one.Name))
            {
                throw new InvalidFaultException(
                    string.Create(CultureInfo.InvariantCulture, $"{path}[{read.Count}]"),
                    $"must have a name of its own: another rule is called '{one.Name}' too");
            }

            read.Add(one);
        }

        return read;
    }

    /// <summary>Reads a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidFaultException">It is not allowed.</exception>
    public static FaultRule ReadRule(JsonElement rule, string path)
    {
        RequireObject(rule, path);
        FaultKind? kind = null;
        foreach (var property in rule.EnumerateObject())
        {
            if (FaultCatalog.Find(property.Name) is not { } found)
            {
                RequireKnown(
                    property.Name, RuleKeys, $"{path}.{property.Name}",
                    $"one of the faults {AllFaults}, and ");
                continue;
            }

            kind = kind is null ? found : throw new InvalidFaultException(
                $"{path}.{found.Name}", $"must be in a rule of its own: a rule has one fault, and this one has {kind.Name} already");
        }

        if (kind is null)
        {
            throw new InvalidFaultException(path, $"must have a fault: one of {AllFaults}");
        }

        var read = ReadFault(kind, rule.GetProperty(kind.Name), $"{path}.{kind.Name}") with
        {
            Name = rule.TryGetProperty(NameKey, out var name) ? ReadName(name, $"{path}.{NameKey}") : kind.Name,
            Start = ReadTime(rule, StartKey, path, least: 0) ?? TimeSpan.Zero,
            End = ReadTime(rule, EndKey, path, least: 0.001),
            Seed = rule.TryGetProperty(SeedKey, out var seed)
                ? (int)ReadNumber(seed, $"{path}.{SeedKey}", 0, int.MaxValue, whole: true)
                : null,
            Given = rule.Clone(),
        };
        if (read.End <= read.Start)
        {
            throw new InvalidFaultException($"{path}.{EndKey}", "must be later than the start");
        }

        read = rule.TryGetProperty(MatchKey, out var match) ? ReadMatch(read, match, $"{path}.{MatchKey}") : read;
        return rule.TryGetProperty(CycleKey, out var cycle) ? ReadCycle(read, cycle, $"{path}.{CycleKey}") : read;
    }

    /// <summary>Checks the name of a rule or of a set of rules.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it has 1 to <see cref="LongestName"/> letters, digits, '-', '.' and '_'.</returns>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static FaultRule ReadFault(FaultKind kind, JsonElement fault, string path)
    {
        RequireObject(fault, path);
        var numbers = new Dictionary<string, double>();
        var texts = new Dictionary<string, string>();
        var allowed = kind.Parameters.Select(parameter => parameter.Name).Concat(kind.HasChance ? ChanceKeys : []).ToList();
        foreach (var property in fault.EnumerateObject())
        {
            if (allowed is [])
            {
                throw new InvalidFaultException($"{path}.{property.Name}", $"is not allowed: {kind.Name} takes no parameters");
            }

            RequireKnown(property.Name, allowed, $"{path}.{property.Name}", "one of ");
        }

        foreach (var parameter in kind.Parameters)
        {
            if (fault.TryGetProperty(parameter.Name, out var value))
            {
                FaultValues.Read(parameter, value, $"{path}.{parameter.Name}", numbers, texts);
            }
            else if (parameter.Default is { } standard)
            {
                FaultValues.Read(parameter, standard, parameter.Name, numbers, texts);
            }
            else if (kind.OneOf is [])
            {
                throw new InvalidFaultException(path, $"must have {parameter.Name}: {parameter.Description}");
            }
        }

        if (kind.OneOf is not [] and var groups && groups.Count(group => numbers.Keys.ToHashSet().SetEquals(group)) != 1)
        {
            throw new InvalidFaultException(path, $"must have {string.Join(", or ", groups.Select(group => string.Join(" and ", group)))}");
        }

        RequireOrder(numbers, path, "least", "most");
        RequireOrder(numbers, path, "median", "p99");
        return ReadChance(new FaultRule(kind.Name, kind) { Numbers = numbers, Texts = texts }, fault, path);
    }

    private static void RequireOrder(Dictionary<string, double> numbers, string path, string smaller, string larger)
    {
        if (numbers.TryGetValue(smaller, out var one) && numbers.TryGetValue(larger, out var other) && one > other)
        {
            throw new InvalidFaultException($"{path}.{larger}", $"must not be less than {smaller}");
        }
    }

    private static FaultRule ReadChance(FaultRule rule, JsonElement fault, string path)
    {
        if (fault.TryGetProperty(EveryKey, out var every))
        {
            if (fault.TryGetProperty(PercentageKey, out _))
            {
                throw new InvalidFaultException($"{path}.{PercentageKey}", $"cannot be combined with {EveryKey}");
            }

            rule = rule with { Every = (int)ReadNumber(every, $"{path}.{EveryKey}", 1, MostEvery, whole: true) };
            return fault.TryGetProperty(BurstKey, out var burst)
                ? rule with { Burst = (int)ReadNumber(burst, $"{path}.{BurstKey}", 1, rule.Every, whole: true) }
                : rule;
        }

        if (fault.TryGetProperty(BurstKey, out _))
        {
            throw new InvalidFaultException($"{path}.{BurstKey}", $"needs {EveryKey} beside it");
        }

        if (!fault.TryGetProperty(PercentageKey, out var percentage))
        {
            return rule;
        }

        path = $"{path}.{PercentageKey}";
        if (percentage.ValueKind == JsonValueKind.Object)
        {
            // As Istio writes it.
            RequireOnly(percentage, ["value"], path);
            path += ".value";
            percentage = percentage.TryGetProperty("value", out var value) ? value : default;
        }

        return rule with { Percentage = ReadNumber(percentage, path, 0, 100) };
    }

    private static FaultRule ReadMatch(FaultRule rule, JsonElement match, string path)
    {
        RequireOnly(match, MatchKeys, path);
        if (rule.Kind.Scope != FaultScope.Request)
        {
            throw new InvalidFaultException(path, $"cannot be combined with {rule.Kind.Name}, which is not about requests");
        }

        string? TextOf(string key) => match.TryGetProperty(key, out var value)
            ? value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestText } text
                ? text
                : throw new InvalidFaultException($"{path}.{key}", $"must be a text of 1 to {LongestText} characters")
            : null;
        var read = rule with { Route = TextOf("route"), Method = TextOf("method"), EndUser = TextOf("endUser"), Caller = TextOf("caller") };
        if (read.Route is { } route && !Routes.Contains(route))
        {
            throw new InvalidFaultException(
                $"{path}.route", $"must be the template of a route, as in the label http_route: one of {string.Join(", ", Routes)}");
        }

        if (read.Method is { } method && HttpMethodNames.Find(method) is null)
        {
            throw new InvalidFaultException($"{path}.method", $"must be one of {string.Join(", ", HttpMethodNames.All)}");
        }

        if (read.Caller is { } caller && !Callers.Contains(caller))
        {
            throw new InvalidFaultException($"{path}.caller", $"must be a service that calls others: {string.Join(" or ", Callers)}");
        }

        return read;
    }

    private static FaultRule ReadCycle(FaultRule rule, JsonElement cycle, string path)
    {
        RequireOnly(cycle, ["off", "on"], path);
        return rule with
        {
            CycleOff = ReadTime(cycle, "off", path, 0.001)
                ?? throw new InvalidFaultException(path, "must have off: how long it is off first"),
            CycleOn = ReadTime(cycle, "on", path, 0.001)
                ?? throw new InvalidFaultException(path, "must have on: how long it is on then"),
        };
    }

    private static string ReadName(JsonElement name, string path) =>
        name.ValueKind == JsonValueKind.String && name.GetString() is { } text && IsName(text)
            ? text
            : throw new InvalidFaultException(path, $"must have 1 to {LongestName} letters, digits, '-', '.' and '_'");

    private static TimeSpan? ReadTime(JsonElement parent, string key, string path, double least) =>
        parent.TryGetProperty(key, out var value)
            ? TimeSpan.FromSeconds(FaultValues.ReadTime(value, $"{path}.{key}", least, LongestTime))
            : null;

    private static double ReadNumber(JsonElement value, string path, double least, double most, bool whole = false) =>
        FaultValues.ReadNumber(value, path, least, most, whole);

    private static void RequireOnly(JsonElement element, IReadOnlyList<string> keys, string path)
    {
        RequireObject(element, path);
        foreach (var property in element.EnumerateObject())
        {
            RequireKnown(property.Name, keys, $"{path}.{property.Name}", "one of ");
        }
    }

    private static void RequireObject(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidFaultException(path, "must be an object");
        }
    }

    private static void RequireKnown(string key, IReadOnlyList<string> known, string path, string what)
    {
        if (!known.Contains(key))
        {
            throw new InvalidFaultException(path, $"is not known: there can be {what}{string.Join(", ", known)}");
        }
    }
}
