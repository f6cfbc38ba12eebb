using Bookinfo.Contracts;
using Bookinfo.Load;
using Bookinfo.Scenarios;
using Bookinfo.Traffic;

namespace Bookinfo.Verification;

/// <summary>Whether visitors saw what a scenario declares: by what the answers to its own requests had, which is in their ledger.</summary>
/// <param name="file">The ledger.</param>
/// <param name="symptoms">What the scenario declares.</param>
internal sealed class VisitorSymptoms(string file, IReadOnlyList<VisitorSymptom> symptoms)
{
    /// <summary>The name of the signal.</summary>
    public const string Signal = "visitors";

    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>Looks at the answers to the requests that were sent while the faults were on.</summary>
    /// <param name="from">When the first request was sent that counts.</param>
    /// <param name="to">When the last one was.</param>
    /// <param name="untold">Why nothing can be said of them; <see langword="null"/> when it can.</param>
    public SignalResult Check(DateTimeOffset from, DateTimeOffset to, string? untold)
    {
        using var ledger = LedgerFile.Open(file);
        var start = DateTimeOffset.UnixEpoch.AddTicks(ledger.Header.StartUnixNanoseconds / TimeSpan.NanosecondsPerTick);
        var records = ledger.Read().Where(record =>
            start.AddTicks(record.Sent / TimeSpan.NanosecondsPerTick) is var sent && sent >= from && sent <= to).ToList();
        var tallies = new List<SymptomTally>();
        var notChecked = new List<string>();
        foreach (var symptom in symptoms)
        {
            var views = records.Where(record => ledger.Header.Requests[record.Request].Path.Split('?')[0] == symptom.Path).ToList();
            if (IsLike(ledger, symptom) is not { } isLike)
            {
                notChecked.Add($"{symptom.Sees}: the ledger does not record whether a page has '{symptom.Contains}'.");
            }
            else if (views.Count == 0)
            {
                notChecked.Add($"{symptom.Sees}: no request was for {symptom.Path}.");
            }
            else
            {
                var tally = new SymptomTally(symptom.Sees, symptom.Share, $"views of {symptom.Path}");
                views.ForEach(view => tally.Add(isLike(view)));
                tallies.Add(tally);
            }
        }

        return new SignalResult(Signal, ledger.Header.Target, [SymptomTally.Check(tallies, untold, notChecked)])
        {
            Method = "What visitors saw was read from the answers to the requests that were sent while the faults were on.",
            Notes = [.. tallies.Select(tally => tally.Text)],
        };
    }

    /// <summary>Finds out whether a view was as declared; <see langword="null"/> when what is recorded does not tell.</summary>
    private static Func<LedgerRecord, bool>? IsLike(LedgerReader ledger, VisitorSymptom symptom)
    {
        var shows = symptom.Contains is { } text ? Shows(ledger.Header, text) : static _ => true;
        var hop = symptom.Hop is null ? -1 : ledger.Layout.Hops.ToList().IndexOf(symptom.Hop);
        return shows is null ? null : record => shows(record)
            && (symptom.Hop is null || (hop >= 0 && record.Hops[hop] is not HopTimes.Unknown and var took
                && symptom.Milliseconds?.Hold(took / MicrosecondsPerMillisecond) != false));
    }

    private static Func<LedgerRecord, bool>? Shows(LedgerHeader header, string text)
    {
        if (PageTexts.ReviewsServedBy.Contains(text, StringComparison.Ordinal))
        {
            return record => header.Versions.TryGetValue(record.Version, out var version) && version != BookinfoAnswers.NoReviews;
        }

        var holes = ServiceCatalog.Bookinfo.Hops.Where(edge => edge.Missing?.Contains(text, StringComparison.Ordinal) == true)
            .Select(edge => BookinfoAnswers.FlawOf(edge.Caller, edge.Callee)).ToList();
        return holes.Count == 0 ? null : record => header.Errors.TryGetValue((int)record.Error, out var error) && holes.Contains(error);
    }
}
