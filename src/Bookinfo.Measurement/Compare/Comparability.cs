using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>What two baselines differ in besides the figures themselves. Each such difference may be what changes the figures.</summary>
internal static class Comparability
{
    /// <summary>The rates at which a baseline has a complete step, ascending.</summary>
    /// <param name="baseline">The baseline.</param>
    public static IReadOnlyList<double> Rates(BaselineFile baseline) =>
        [.. baseline.Steps.Where(step => !step.Interrupted && step.Requests.Due > 0).Select(step => step.Rate).Distinct().Order()];

    /// <summary>These rates as text.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string RatesText(BaselineFile baseline) =>
        Rates(baseline) is { Count: > 0 } rates ? $"{string.Join(", ", rates.Select(Figures.Rate))}/s" : "none";

    /// <summary>Finds what may make two baselines differ other than the change that is to be judged.</summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The second.</param>
    /// <returns>A sentence for each.</returns>
    public static IEnumerable<string> Warnings(BaselineFile before, BaselineFile after)
    {
        foreach (var (which, baseline) in new[] { ("before", before), ("after", after) })
        {
            if (!baseline.Complete)
            {
                yield return $"The baseline {which} was interrupted: it has the rounds that were done until then.";
            }

            var steps = baseline.Steps.Where(step => !step.Interrupted).ToList();
            foreach (var warning in steps.SelectMany(step => step.Warnings).GroupBy(warning => warning.Code))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{warning.Count()} of {steps.Count} steps of the baseline {which} have a warning ({warning.Key}): "
                        + $"{warning.First().Text}");
            }
        }

        foreach (
            var (what, first, second) in Facts(before).Zip(Facts(after), static (first, second) => (first.What, first.Value, second.Value)))
        {
            if (first != second)
            {
                yield return $"{what}: {first} before, {second} after.";
            }
        }

        if (before.Faults is { } faultsBefore && after.Faults is { } faultsAfter && !faultsBefore.SequenceEqual(faultsAfter))
        {
            yield return $"Different faults: {ActiveFault.List(faultsBefore)} before, {ActiveFault.List(faultsAfter)} after.";
        }

        foreach (var difference in SetupText.Differences(before.Setup, after.Setup))
        {
            yield return difference;
        }

        if (KnowsUse(before) && KnowsUse(after) && !(KnowsIdle(before) && KnowsIdle(after)))
        {
            yield return "CPU includes what the services use when idle, because not both baselines have measured that.";
        }

        if (!Rates(before).SequenceEqual(Rates(after)))
        {
            yield return $"The baseline before has {RatesText(before)}, the one after {RatesText(after)}: only rates that both have are "
                + "compared.";
        }

        string[] onlyBefore = [.. Services(before).Except(Services(after))];
        string[] onlyAfter = [.. Services(after).Except(Services(before))];
        if (before.Services.Count > 0 && after.Services.Count > 0 && onlyBefore.Length + onlyAfter.Length > 0)
        {
            yield return $"Different services were measured: {List(onlyBefore)} only before, {List(onlyAfter)} only after. Figures of all "
                + "services are sums over the services that each baseline has.";
        }
    }

    private static IEnumerable<(string What, string Value)> Facts(BaselineFile baseline)
    {
        var settings = baseline.Settings;
        var machine = baseline.Environment.Machine;
        var target = Uri.TryCreate(settings.Target, UriKind.Absolute, out var url) ? url : null;
        yield return ("Measured from different places", settings.Generator switch
        {
            "cluster" => string.Create(
                CultureInfo.InvariantCulture, $"inside the cluster, by {settings.Workers} worker{(settings.Workers == 1 ? "" : "s")}"),
            "local" => "where the command ran",
            var other => other,
        });
        yield return ("Different things measured", settings.Subject);
        yield return ("Different paths", target?.PathAndQuery ?? settings.Target);
        yield return ("Steps of different length", string.Create(CultureInfo.InvariantCulture, $"{settings.StepSeconds:0.###} s"));
        yield return ("Different warm-up", string.Create(CultureInfo.InvariantCulture, $"{settings.WarmUpSeconds:0.###} s"));
        yield return ("Different numbers of connections", string.Create(CultureInfo.InvariantCulture, $"{settings.Connections}"));
        yield return ("Different further headers", List([.. settings.Headers ?? []]));
        yield return ("Different time limits", string.Create(CultureInfo.InvariantCulture, $"{settings.TimeoutSeconds:0.###} s"));
        yield return ("Different processors", machine.Processor ?? "unknown");
        yield return ("Different numbers of processors", string.Create(CultureInfo.InvariantCulture, $"{machine.Processors}"));
        yield return ("Different clusters", baseline.Environment.Cluster is { } cluster ? $"Kubernetes {cluster}" : "none");
        yield return ("Different nodes", List([.. baseline.Environment.Nodes
            .OrderBy(node => node.Name, StringComparer.Ordinal)
            .Select(node => string.Create(
                CultureInfo.InvariantCulture, $"{node.Name} ({node.Processors:0.#} processors, kernel {node.Kernel})"))]));
        yield return ("Measured by different versions of this program", baseline.Program);
    }

    private static bool KnowsUse(BaselineFile baseline) => baseline.Steps.Any(static step => step.Use.Count > 0);

    private static bool KnowsIdle(BaselineFile baseline) =>
        baseline.Steps.SelectMany(static step => step.Use.Values).Any(static use => use.IdleCpuSeconds is not null);

    private static IEnumerable<string> Services(BaselineFile baseline) => baseline.Services.Select(service => service.Name);

    private static string List(string[] items) => items.Length == 0 ? "none" : string.Join(", ", items);
}
