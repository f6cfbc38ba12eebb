using System.Globalization;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>Whether a platform shows in traces what a scenario declares of them.</summary>
/// <param name="store">The platform. Its spans must have their <see cref="SeenSpan.Text"/>.</param>
/// <param name="symptoms">What the scenario declares.</param>
/// <param name="patience">How long to wait for spans.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class TraceSymptoms(ISpanStore store, IReadOnlyList<TraceSymptom> symptoms, TimeSpan patience, TimeProvider time)
{
    /// <summary>The name of the signal.</summary>
    public const string Signal = "traces";

    /// <summary>Looks at the traces of the requests that were sent while the faults were on.</summary>
    /// <param name="run">These requests.</param>
    /// <param name="untold">Why nothing can be said of them; <see langword="null"/> when it can.</param>
    /// <param name="say">Is told what the user has to know.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<SignalResult> CheckAsync(RunExpectation run, string? untold, Action<string> say, CancellationToken cancellationToken)
    {
        var version = await store.ConnectAsync(cancellationToken);
        run = store.MostTraces is { } most ? run.Spread(most) : run;
        var few = Arrivals.Few(run);
        var ids = few.Traces.Select(trace => SpanIds.Trace(trace.TraceId)).ToHashSet();
        var arrived = await new Arrivals(Arrivals.ByOtlp, patience, time).WaitAsync(
            run.End,
            async () =>
            {
                var spans = store.PeekAsync(few, cancellationToken).Where(span => ids.Contains(span.TraceId));
                // Which spans must come is not known, so all are read when no more do.
                return new Glimpse(await spans.CountAsync(cancellationToken), IsTooEarly: true);
            },
            async () =>
            {
                var (tallies, count) = await CountAsync(run, cancellationToken);
                return new Reading<List<SymptomTally>>(tallies, count, IsAll: false);
            },
            () => say("Waiting until no more spans come."),
            cancellationToken);
        return new SignalResult(
            Signal, store.Name + (version.Length > 0 ? $", {version}" : ""), [SymptomTally.Check(arrived.What, untold, [])])
        {
            Method = "Spans were counted in the traces of the requests that were sent while the faults were on.",
            Notes = [.. store.Notes, .. arrived.What.Select(tally => tally.Text)],
        };
    }

    private async Task<(List<SymptomTally> Tallies, long Count)> CountAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        var traces = run.Traces.Select(trace => SpanIds.Trace(trace.TraceId)).ToHashSet();
        var tallies = symptoms.Select(symptom => new SymptomTally(
            symptom.Name, symptom.Share, $"spans '{symptom.Span}' of {symptom.Service}{(symptom.Version is { } one ? $" {one}" : "")}"))
            .ToList();
        var seen = new HashSet<(UInt128, ulong)>();
        foreach (var (symptom, tally) in symptoms.Zip(tallies).Where(pair => IsOfPresence(pair.First)))
        {
            tally.Of = Expected(run, symptom);
        }

        await foreach (var span in store.ReadAsync(run, cancellationToken))
        {
            if (!traces.Contains(span.TraceId) || !seen.Add((span.TraceId, span.SpanId)))
            {
                continue;
            }

            foreach (var (symptom, tally) in symptoms.Zip(tallies).Where(pair => IsAbout(pair.First, span)))
            {
                if (IsOfPresence(symptom))
                {
                    tally.AddLike(true);
                }
                else
                {
                    tally.Add(IsLike(symptom, span));
                }
            }
        }

        return (tallies, seen.Count);
    }

    /// <summary>Whether it is about whether spans are there at all, and not about how they are.</summary>
    private static bool IsOfPresence(TraceSymptom symptom) => symptom is { Seconds: null, Attributes.Count: 0 };

    private static bool IsAbout(TraceSymptom symptom, in SeenSpan span)
    {
        var (kind, service, version) = span.Key switch
        {
            ServedKey served => ("server", served.Service, served.Version),
            TriedKey tried => ("client", tried.Service, tried.Version),
            _ => ("", "", ""),
        };
        // Zipkin writes names in small letters.
        return kind == symptom.Kind && service == symptom.Service && (symptom.Version ?? version) == version
            && symptom.Span.Equals(span.Text?.Name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLike(TraceSymptom symptom, in SeenSpan span)
    {
        var attributes = span.Text!.Attributes;
        return symptom.Attributes.All(one => attributes.GetValueOrDefault(one.Key) == one.Value)
            && symptom.Seconds?.Hold((span.End - span.Start) / 1e9) != false;
    }

    /// <summary>How many spans of requests served there must be, whether a platform shows them or not.</summary>
    private static long Expected(RunExpectation run, TraceSymptom symptom)
    {
        var known = new Dictionary<RequestFate, long>();
        return run.Traces.Sum(trace =>
        {
            if (!known.TryGetValue(trace.Fate, out var count))
            {
                var counts = new ExpectedCounts();
                counts.Add(trace.Fate);
                known.Add(trace.Fate, count = counts.Served.Ranges
                    .Where(range => !KeyPattern.Is(range.Key) && range.Key.Service == symptom.Service
                        && (symptom.Version ?? range.Key.Version) == range.Key.Version
                        && string.Create(CultureInfo.InvariantCulture, $"{range.Key.Method} {range.Key.Route}") == symptom.Span)
                    .Sum(range => range.Value.Low));
            }

            return count;
        });
    }
}
