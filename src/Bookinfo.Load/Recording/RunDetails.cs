namespace Bookinfo.Load;

/// <summary>The requests of a run by what was sent and over time.</summary>
/// <param name="Breakdown">By what was sent.</param>
/// <param name="Timeline">Over time.</param>
public sealed record RunDetails(LoadBreakdown Breakdown, LoadTimeline Timeline)
{
    /// <summary>Prepares to record a run.</summary>
    /// <param name="plan">What it is to do.</param>
    public static RunDetails Of(LoadPlan plan) => new(new LoadBreakdown(plan.Mix), new LoadTimeline(plan.Profile));

    /// <summary>Puts together what workers have recorded that ran at the same time. Nothing is lost.</summary>
    /// <param name="parts">What each has recorded, at least one, all of the same profile.</param>
    /// <returns>The whole; <see langword="null"/> when they did not send the same requests.</returns>
    public static RunDetails? Merge(IReadOnlyList<RunDetails> parts)
    {
        var mix = parts[0].Breakdown.Mix;
        if (parts.Any(part => !part.Breakdown.Mix.SendsTheSame(mix)))
        {
            return null;
        }

        var whole = parts[0];
        foreach (var part in parts.Skip(1))
        {
            whole.Breakdown.Add(part.Breakdown);
            whole.Timeline.Add(part.Timeline);
        }

        return whole;
    }

    /// <summary>Writes it down.</summary>
    public RunDetailsData ToData() => new(
        [.. Breakdown.Mix.Templates.Select(template => new TemplateData(template.Kind, template.Method == "POST", template.Path))],
        Breakdown.ToData(),
        Timeline.ToData());

    /// <summary>Reads what was written down.</summary>
    /// <param name="data">That.</param>
    /// <param name="plan">What the run was to do; of its mix, only how answers are read counts.</param>
    /// <exception cref="FormatException">It cannot come from such a run.</exception>
    public static RunDetails From(RunDetailsData data, LoadPlan plan)
    {
        if (data.Templates.Count is 0 or > ushort.MaxValue)
        {
            throw new FormatException($"there are {data.Templates.Count} requests to choose from");
        }

        var mix = new TrafficMix(
            [
                .. data.Templates.Select(template => (
                    new RequestTemplate(template.Kind, plan.Target.Host, template.Path, [], form: template.IsPost ? "" : null), 1.0)),
            ],
            plan.Mix.Answers);
        var details = new RunDetails(new LoadBreakdown(mix), new LoadTimeline(plan.Profile));
        details.Breakdown.Add(data.Breakdown);
        details.Timeline.Add(data.Timeline, mix);
        return details;
    }
}

/// <summary><see cref="RunDetails"/> as a worker sends them.</summary>
/// <param name="Templates">What was sent, in the order of <see cref="TrafficMix.Templates"/>.</param>
/// <param name="Breakdown">See <see cref="RunDetails.Breakdown"/>.</param>
/// <param name="Timeline">See <see cref="RunDetails.Timeline"/>.</param>
public sealed record RunDetailsData(IReadOnlyList<TemplateData> Templates, BreakdownData Breakdown, TimelineData Timeline);

/// <summary>What a report says of a <see cref="RequestTemplate"/>.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="IsPost">Whether it is sent by POST.</param>
/// <param name="Path">Path and query.</param>
public sealed record TemplateData(RequestKind Kind, bool IsPost, string Path);
