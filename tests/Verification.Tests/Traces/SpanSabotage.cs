using System.Collections.Concurrent;

namespace Bookinfo.Verification.Tests;

/// <summary>A way in which a relay spoils spans, and what of it must be found.</summary>
/// <param name="name">What it does, as docs/verify.md has it.</param>
/// <param name="kind">What it must be found to be.</param>
/// <param name="checks">The checks that find it.</param>
/// <param name="spoil">
/// What is made of a span: nothing, itself, or others. What is not itself is counted, unless <paramref name="count"/> says otherwise.
/// </param>
/// <param name="count">How many must be found; <see langword="null"/> for as many spans as were spoiled.</param>
internal sealed class SpanSabotage(
    string name, FindingKind kind, string[] checks, Func<RelayedItem, IEnumerable<RelayedItem>> spoil,
    Func<SpanSabotage, RunExpectation, long>? count = null)
{
    /// <summary>Few, and yet some in every run.</summary>
    private const int OneIn = 64;

    private const ulong Second = 1_000_000_000;
    private const ulong FiftyMilliseconds = 50_000_000;

    private readonly ConcurrentDictionary<string, bool> _traces = [];
    private long _spoiled;

    /// <summary>All of them.</summary>
    public static readonly SpanSabotage[] All =
    [
        new("1% of spans dropped", FindingKind.SpanLost, ["client spans"], new EveryHundredth().Drop),
        new("a parent broken", FindingKind.ParentBroken, ["span ids and parents"], span =>
            IsChosen(span) ? [span.WithParent(static id => [.. id.Select(one => (byte)~one)])] : [span]),
        new("a version mislabeled", FindingKind.WrongLabel, ["server spans", "client spans"], span =>
            // The dashboard knows processes by their instance, and shows the version that it has first heard of each.
            span.Process == "reviews v2"
                ? [span.WithResource("service.version", "v9").WithResource("service.instance.id", "reviews-v9")]
                : [span]),
        new("traces dropped", FindingKind.TraceLost, ["traces"], span => Middle(span) % 8 == 0 ? [] : [span],
            (sabotage, _) => sabotage._traces.Count),
        new("sampling at half the rate", FindingKind.SamplingRate, ["traces"], span => IsInUpperHalf(span) ? [] : [span],
            (sabotage, run) => run.Requests - sabotage._traces.Count),
        new("an id cut to 64 bits", FindingKind.IdCut, ["traces"], span =>
            Middle(span) % 8 == 0 ? [span.WithTrace(static id => id[8..])] : [span], (sabotage, _) => sabotage._traces.Count),
        new("a clock 50 ms off", FindingKind.ClockSkew, ["clocks of services"], span =>
            span.Process == "details v1" ? [span.WithTimes(At(FiftyMilliseconds), At(FiftyMilliseconds))] : [span]),
        new("requests that seem longer", FindingKind.WrongDuration, ["durations of requests"], span =>
            span.Process == "productpage v1" && span.IsServer ? [span.WithTimes(At(0), At(Second))] : [span]),
    ];

    /// <summary>What a dashboard shows once however often it comes.</summary>
    public static readonly SpanSabotage Twins = new(
        "a span twice", FindingKind.SpanTwice, ["span ids and parents"], span => IsChosen(span) ? [span, span] : [span]);

    public string Name => name;

    public FindingKind Kind => kind;

    public IReadOnlyList<string> Checks => checks;

    /// <summary>How many must be found, by all checks together.</summary>
    /// <param name="run">The run that it has spoiled.</param>
    public long CountIn(RunExpectation run) => count?.Invoke(this, run) ?? Interlocked.Read(ref _spoiled);

    /// <summary>Spoils a span.</summary>
    public IEnumerable<RelayedItem> Spoil(RelayedItem span)
    {
        var passedOn = spoil(span).ToList();
        if (passedOn is not [var one] || one != span)
        {
            Interlocked.Increment(ref _spoiled);
            _traces.TryAdd(span.TraceId, true);
        }

        return passedOn;
    }

    private static Func<ulong, ulong> At(ulong later) => time => time + later;

    private static bool IsChosen(RelayedItem span) => span.Number % OneIn == 1;

    /// <summary>Drops the next try of a call after each hundred spans, so that a trace does not lose its only span.</summary>
    private sealed class EveryHundredth
    {
        private readonly Lock _lock = new();
        private int _count;
        private int _dropped;

        public IEnumerable<RelayedItem> Drop(RelayedItem span)
        {
            lock (_lock)
            {
                _count++;
                if (span.IsServer || _dropped >= _count / 100)
                {
                    return [span];
                }

                _dropped++;
                return [];
            }
        }
    }

    private static byte Middle(RelayedItem span) => Convert.FromHexString(span.TraceId)[4];

    private static bool IsInUpperHalf(RelayedItem span) => Convert.FromHexString(span.TraceId)[9] >= 128;
}
