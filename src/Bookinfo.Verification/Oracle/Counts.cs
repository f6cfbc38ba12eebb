using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>How often something must be counted: once for all, or somewhere in between where nobody can know.</summary>
/// <param name="Low">At least this often.</param>
/// <param name="High">At most this often.</param>
public readonly record struct CountRange(long Low, long High)
{
    /// <summary>A count that is known.</summary>
    /// <param name="count">The count.</param>
    public static CountRange Exactly(long count) => new(count, count);

    /// <summary>What may have happened, and may not.</summary>
    /// <param name="count">How often at most.</param>
    public static CountRange AtMost(long count) => new(0, count);

    /// <summary>Whether there is one count only.</summary>
    public bool IsExact => Low == High;

    /// <summary>Both together.</summary>
    /// <param name="one">One.</param>
    /// <param name="other">The other.</param>
    public static CountRange operator +(CountRange one, CountRange other) => new(one.Low + other.Low, one.High + other.High);

    /// <inheritdoc/>
    public override string ToString() => IsExact
        ? Low.ToString("N0", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Low:N0} to {High:N0}");
}

/// <summary>Values of a key that stand for several: for what nobody outside can know.</summary>
public static class KeyPattern
{
    /// <summary>Stands for any value.</summary>
    public const string Any = "*";

    /// <summary>Stands for any status but 200, and for any error.</summary>
    public const string Failed = "(failed)";

    /// <summary>Whether a key stands for several.</summary>
    /// <param name="key">The key.</param>
    public static bool Is(ICountKey key) => key.Fields.Any(field => field.Value is Any or Failed);

    /// <summary>How exact a key is: the fewer values its fields stand for, the less this is.</summary>
    /// <param name="key">The key.</param>
    public static int Width(ICountKey key) => key.Fields.Sum(field => field.Value switch { Any => 2, Failed => 1, _ => 0 });

    /// <summary>Whether a key is one of those that another one stands for, or stands for some of these itself.</summary>
    /// <param name="pattern">The one that stands for several.</param>
    /// <param name="key">The key.</param>
    public static bool Matches(ICountKey pattern, ICountKey key) => pattern.Fields.Zip(key.Fields).All(pair => pair.First.Value switch
    {
        Any => true,
        Failed => pair.Second.Value is not ("" or "200" or Any),
        var value => value == pair.Second.Value,
    });
}

/// <summary>What is counted by itself.</summary>
public interface ICountKey
{
    /// <summary>What tells it from others, in a fixed order.</summary>
    IReadOnlyList<KeyField> Fields { get; }
}

/// <summary>A part of what tells one count from another.</summary>
/// <param name="Name">What it is, such as <c>route</c>.</param>
/// <param name="Value">Its value; empty when it has none.</param>
public readonly record struct KeyField(string Name, string Value);

/// <summary>Requests that a service has served.</summary>
/// <param name="Service">The service.</param>
/// <param name="Version">Its version.</param>
/// <param name="Method">The method.</param>
/// <param name="Route">The route; empty for none.</param>
/// <param name="Status">The status.</param>
public sealed record ServedKey(string Service, string Version, string Method, string Route, string Status) : ICountKey
{
    /// <inheritdoc/>
    public IReadOnlyList<KeyField> Fields =>
        [new("service", Service), new("version", Version), new("method", Method), new("route", Route), new("status", Status)];

    /// <inheritdoc/>
    public override string ToString() => $"{Service} {Version} | {Method} {(Route.Length == 0 ? "(none)" : Route)} {Status}";
}

/// <summary>Tries of calls to another service.</summary>
/// <param name="Service">The service that calls.</param>
/// <param name="Version">Its version.</param>
/// <param name="Peer">The service that is called.</param>
/// <param name="Method">The method.</param>
/// <param name="Status">The status; empty when no answer came.</param>
/// <param name="Error">What went wrong; empty when nothing did.</param>
public sealed record TriedKey(string Service, string Version, string Peer, string Method, string Status, string Error) : ICountKey
{
    /// <inheritdoc/>
    public IReadOnlyList<KeyField> Fields =>
    [
        new("service", Service), new("version", Version), new("peer", Peer), new("method", Method), new("status", Status),
        new("error", Error),
    ];

    /// <inheritdoc/>
    public override string ToString() => $"{Service} {Version} -> {Peer} | {Method} status={Status} error={Error}";
}

/// <summary>Finished calls of productpage, as the original counts them: one for all tries.</summary>
/// <param name="Peer">The service that is called.</param>
/// <param name="Status">The status; 500 when no answer came.</param>
public sealed record ResultKey(string Peer, string Status) : ICountKey
{
    /// <inheritdoc/>
    public IReadOnlyList<KeyField> Fields => [new("peer", Peer), new("status", Status)];

    /// <inheritdoc/>
    public override string ToString() => $"{Peer} {Status}";
}

/// <summary>How often what must be counted.</summary>
/// <typeparam name="TKey">What is counted.</typeparam>
public sealed class Counts<TKey>
    where TKey : ICountKey
{
    private readonly Dictionary<TKey, CountRange> _ranges = [];

    /// <summary>All that may be counted, with how often.</summary>
    public IReadOnlyDictionary<TKey, CountRange> Ranges => _ranges;

    /// <summary>How often all of it together must be counted.</summary>
    public CountRange Total => _ranges.Values.Aggregate(default(CountRange), static (sum, range) => sum + range);

    /// <summary>Adds what must be counted.</summary>
    /// <param name="key">What.</param>
    /// <param name="count">How often.</param>
    public void Add(TKey key, long count) => Add(key, CountRange.Exactly(count));

    /// <summary>Adds what may be counted.</summary>
    /// <param name="key">What.</param>
    /// <param name="range">How often.</param>
    public void Add(TKey key, CountRange range)
    {
        // What is counted zero times is the same as what is not counted.
        if (range.High != 0)
        {
            _ranges[key] = _ranges.GetValueOrDefault(key) + range;
        }
    }
}
