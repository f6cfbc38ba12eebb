using System.Text.Json;

namespace Bookinfo.Contracts;

/// <summary>A rule: which fault a service has, how often, for which requests and when.</summary>
/// <param name="Name">Its name among the rules that were set with it.</param>
/// <param name="Kind">The fault.</param>
public sealed record FaultRule(string Name, FaultKind Kind)
{
    /// <summary>
    /// The parameters that were given, and the defaults of the others; numbers in the units of <see cref="FaultValueType"/>.
    /// </summary>
    public IReadOnlyDictionary<string, double> Numbers { get; init; } = new Dictionary<string, double>();

    /// <summary>The same for words and texts.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>();

    /// <summary>How many of 100 that match are chosen, by chance; 100 for each.</summary>
    public double Percentage { get; init; } = 100;

    /// <summary>Of so many that match in a row, the last <see cref="Burst"/> are chosen; 0 to choose by chance.</summary>
    public int Every { get; init; }

    /// <summary>See <see cref="Every"/>.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>The template of the route, such as <c>/ratings/{id?}</c>; <see langword="null"/> for any.</summary>
    public string? Route { get; init; }

    /// <summary>The method; <see langword="null"/> for any.</summary>
    public string? Method { get; init; }

    /// <summary>The user who is signed in, as services pass it on in the header <c>end-user</c>; <see langword="null"/> for any.</summary>
    public string? EndUser { get; init; }

    /// <summary>The service that calls; <see langword="null"/> for any, and for visitors.</summary>
    public string? Caller { get; init; }

    /// <summary>How long after it was set the rule begins.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>How long after it was set the rule ends; <see langword="null"/> for never.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>With <see cref="CycleOn"/>: from its start on, the rule is off for this long and on for that long, by turns.</summary>
    public TimeSpan CycleOff { get; init; }

    /// <summary>See <see cref="CycleOff"/>; zero when the rule takes no turns.</summary>
    public TimeSpan CycleOn { get; init; }

    /// <summary>What its random choices start from; <see langword="null"/> for the service's seed.</summary>
    public int? Seed { get; init; }

    /// <summary>The rule as it was given, an object.</summary>
    public JsonElement Given { get; init; }

    /// <summary>
    /// Whether another rule says the same, in whatever words: <c>1s</c> or <c>1000ms</c>, a default that is given or left out.
    /// </summary>
    /// <param name="other">The other rule.</param>
    public bool SaysTheSameAs(FaultRule other) =>
        this with { Numbers = other.Numbers, Texts = other.Texts, Given = other.Given } == other
        && HasSame(Numbers, other.Numbers) && HasSame(Texts, other.Texts);

    /// <summary>A parameter that is a duration.</summary>
    /// <param name="parameter">Its name.</param>
    public TimeSpan Duration(string parameter) => TimeSpan.FromSeconds(Numbers[parameter]);

    /// <summary>Whether it is active.</summary>
    /// <param name="age">How long ago it was set.</param>
    public bool IsActive(TimeSpan age) => age >= Start && (End is not { } end || age < end) && (CycleOn == TimeSpan.Zero || IsOn(age));

    /// <summary>How long it stays as it is, active or not.</summary>
    /// <param name="age">How long ago it was set.</param>
    /// <returns><see langword="null"/> for ever.</returns>
    public TimeSpan? NextChange(TimeSpan age)
    {
        if (age < Start)
        {
            return Start - age;
        }

        var rest = End - age;
        if (rest <= TimeSpan.Zero)
        {
            return null;
        }

        if (CycleOn == TimeSpan.Zero)
        {
            return rest;
        }

        var within = Within(age);
        var turn = (within < CycleOff ? CycleOff : CycleOff + CycleOn) - within;
        return rest < turn ? rest : turn;
    }

    private bool IsOn(TimeSpan age) => Within(age) >= CycleOff;

    private TimeSpan Within(TimeSpan age) => TimeSpan.FromTicks((age - Start).Ticks % (CycleOff + CycleOn).Ticks);

    private static bool HasSame<T>(IReadOnlyDictionary<string, T> one, IReadOnlyDictionary<string, T> other)
        where T : IEquatable<T> =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value));
}
