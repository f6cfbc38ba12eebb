using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>The texts about a baseline, for its page and for Markdown.</summary>
public static class BaselineText
{
    /// <summary>Why a request costs more at low rates.</summary>
    public const string LowRates =
        "At low rates a request costs a service up to 20 times as much CPU as near its highest rate, because caches are cold and threads "
        + "have to be woken for each (docs/performance.md).";

    /// <summary>What was measured, when and where, in a line.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Lead(BaselineFile baseline) => string.Create(
        CultureInfo.InvariantCulture,
        $"{baseline.Settings.Target}, {Subject(baseline)}, {baseline.StartedAt:yyyy-MM-dd HH:mm} UTC, {baseline.Seconds:0} "
        + $"s{(baseline.Complete ? "" : ", interrupted")}");

    /// <summary>Where it was measured.</summary>
    /// <param name="baseline">The baseline.</param>
    public static IEnumerable<(string Name, string Value)> Environment(BaselineFile baseline)
    {
        var environment = baseline.Environment;
        var machine = environment.Machine;
        if (environment.Cluster is { } cluster)
        {
            yield return ("Cluster", $"Kubernetes {cluster}");
        }

        foreach (var node in environment.Nodes)
        {
            yield return ($"Node {node.Name}", string.Create(
                CultureInfo.InvariantCulture,
                $"{node.Processors:0.#} processors, {Memory(node.MemoryBytes)}, {node.Architecture}, {node.Os}, kernel {node.Kernel}, "
                + $"{node.ContainerRuntime}, kubelet {node.Kubelet}"));
        }

        if (environment.Cluster is not null)
        {
            yield return ("Mesh", environment.Mesh.Count == 0 ? "none found in the pods" : string.Join(", ", environment.Mesh));
        }

        yield return (environment.Cluster is null ? "Machine" : "Machine of the command", string.Create(
            CultureInfo.InvariantCulture,
            $"{machine.Processor ?? "unknown processor"}, {machine.Processors} "
            + $"processors{(machine.MemoryBytes is { } memory ? $", {Memory(memory)}" : "")}"));
        yield return ("System", $"{machine.Os}{(machine.Kernel is { } kernel ? $", kernel {kernel}" : "")}, {machine.Runtime}");
        yield return ("Program", $"bookinfo {baseline.Program}");
        foreach (var (what, value) in SetupText.Facts(baseline.Setup))
        {
            yield return (what, value);
        }
    }

    /// <summary>What was asked for.</summary>
    /// <param name="settings">The settings.</param>
    public static IEnumerable<(string Name, string Value)> Settings(BaselineSettings settings) =>
    [
        ("Target", settings.Target),
        ("Generator", settings.Generator == "cluster"
            ? string.Create(CultureInfo.InvariantCulture, $"in the cluster, {settings.Workers} workers")
            : "where the command ran"),
        ("Rates", $"{string.Join(", ", settings.Rates.Select(Figures.Rate))} requests/s"),
        ("Rounds", string.Create(CultureInfo.InvariantCulture, $"{settings.Rounds}, steps of {settings.StepSeconds:0.###} s, warm-up of "
            + $"{settings.WarmUpSeconds:0.###} s")),
        ("Connections", string.Create(CultureInfo.InvariantCulture, $"{settings.Connections}, time limit of a request "
            + $"{settings.TimeoutSeconds:0.###} s")),
        ("Seed", string.Create(CultureInfo.InvariantCulture, $"{settings.Seed}")),
    ];

    /// <summary>How it was measured and how to read it.</summary>
    /// <param name="baseline">The baseline.</param>
    public static IReadOnlyList<string> Method(BaselineFile baseline) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"Requests were sent in an open loop: they fell due at equal intervals, no matter how earlier ones were answered. The latency "
            + $"of the page counts from when a request was due, so it includes waiting for a slow server; "
            + $"page-from-send counts from when it was sent."),
        string.Create(
            CultureInfo.InvariantCulture,
            $"After a warm-up of {baseline.Settings.WarmUpSeconds:0.###} s, which no figure includes, there were "
            + $"{baseline.Summary.Select(rate => rate.Rounds).DefaultIfEmpty().Max()} rounds. Each has every rate once, in a different "
            + $"order, so that changes over time affect all rates alike."),
        "Each percentile is computed per round; the figure shown is the mean over the rounds without the lowest and the highest fifth (a "
        + "trimmed mean, as in 'compare'), with its 95% confidence interval by Student's t. With fewer than five rounds none is left out. "
        + "If the intervals of two baselines overlap widely, a difference has not been shown.",
        .. BaselineTables.LackPercentiles(baseline) ? [LoadText.TooFew] : Array.Empty<string>(),
        "Latencies include failed requests. The maximum is the mean of the highest latency of each round, and says more about chance "
            + "than about the system.",
        "The hops are the times that the services report in Server-Timing: productpage's calls to details and reviews, and the call of "
        + "reviews to ratings, which a third of the pages (those by reviews v1) do not need. server is the whole answer as productpage "
        + "measured it; page-from-send minus server is network, proxies and connections.",
        "CPU is the difference of counters before and after each step, without what a service uses when idle and for being read, which "
        + "is measured in each round while nothing is sent. CPU/REQUEST is per 1,000 requests that the service itself answered, CPU/PAGE "
        + "per 1,000 requests to the page. Memory is measured at the end of the step: the resident memory of a process, the working set of "
        + "a container.",
    ];

    private static string Subject(BaselineFile baseline) => baseline.Settings.Subject switch
    {
        "local" => "processes of this machine",
        "cluster" => "pods of a cluster",
        _ => "latency only",
    };

    private static string Memory(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.#} GiB memory");
}

/// <summary>A baseline in Markdown, for a pull request.</summary>
public static class BaselineMarkdown
{
    /// <summary>The tables, the environment, the settings and the notes of a baseline, as a document.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Create(BaselineFile baseline)
    {
        ReportTable[] tables =
        [
            BaselineTables.Page(baseline),
            BaselineTables.Errors(baseline),
            .. baseline.Summary.Select(rate => BaselineTables.Latencies(rate)),
            BaselineTables.Use(baseline),
            BaselineTables.Services(baseline),
        ];
        List<string> lines = [$"# Baseline: {MarkdownTable.Text(baseline.Name)}", "", MarkdownTable.Text(BaselineText.Lead(baseline))];
        foreach (var table in tables.Where(table => table.Rows.Count > 0))
        {
            lines.AddRange(["", $"**{MarkdownTable.Text(table.Caption)}**", "", .. MarkdownTable.Lines(table)]);
        }

        Add("Environment", BaselineText.Environment(baseline).Select(fact => $"{fact.Name}: {fact.Value}"));
        Add("Settings", BaselineText.Settings(baseline.Settings).Select(fact => $"{fact.Name}: {fact.Value}"));
        Add("Notes", [.. baseline.Notes, .. BaselineTables.LackPercentiles(baseline) ? [LoadText.TooFew] : Array.Empty<string>()]);
        return string.Join('\n', lines) + "\n";

        void Add(string heading, IEnumerable<string> items)
        {
            if (items.Any())
            {
                lines.AddRange(["", $"**{heading}**", "", .. items.Select(item => $"- {MarkdownTable.Text(item)}")]);
            }
        }
    }
}
