using System.Globalization;
using System.Text;

namespace Bookinfo.Bench;

/// <summary>The figures in docs/performance.md: what stands between two marks there is written by this, and the rest by people.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- What follows is written by bench/run.sh. -->";
    private const string End = "<!-- End of what bench/run.sh writes. -->";

    /// <summary>Puts the figures of a run in place of those that are there.</summary>
    /// <param name="path">The page.</param>
    /// <param name="file">What was measured.</param>
    /// <exception cref="BenchException">The page has no place for it.</exception>
    public static void Update(string path, BenchFile file)
    {
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new BenchException($"{path} has no lines '{Begin}' and '{End}' to write the figures between.");
        }

        File.WriteAllText(path, text[..(begin + Begin.Length)] + "\n\n" + Format(file) + "\n" + text[end..]);
    }

    /// <summary>Writes the figures as Markdown.</summary>
    /// <param name="file">What was measured.</param>
    public static string Format(BenchFile file)
    {
        var page = new StringBuilder();
        void Line(string text = "") => page.Append(text).Append('\n');
        var machine = file.Machine;
        Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Measured {file.MeasuredAt:yyyy-MM-dd} on {machine.Processors} processors ({machine.Processor ?? "model unknown"}), "
            + $"{machine.MemoryBytes / (1024.0 * 1024 * 1024):0} GiB of memory, {machine.Os}, kernel {machine.Kernel}, {machine.Runtime}; "
            + $"{string.Join(", ", file.Tools)}{(file.Commit.Length > 0 ? $"; commit {file.Commit}" : "")}."));
        Line("Figures are medians; what is in brackets is the smallest and the largest.");
        Line();
        Line("### The budget");
        Line();
        Line("Where another figure was aimed at, it is in brackets, and what is promised is the best that is reached.");
        Line();
        Line("| What | Promised | Measured | |");
        Line("|---|---|---|---|");
        foreach (var line in Budget.Lines)
        {
            var measured = file.Find(line.Figure);
            Line($"| {line.Text} | {(line.IsLeast ? "at least" : "at most")} "
                + $"{FigureText.Format(line.Limit)}{(line.Aim is { } aim ? $" ({FigureText.Format(aim)})" : "")} | {Value(measured)} | "
                + $"{(measured is null ? "not measured" : line.IsMetBy(measured.Median) ? "met" : "**not met**")} |");
        }

        Line();
        Line("### Throughput, and what a request costs");
        Line();
        Line(
            "wrk with 32 connections on the same processors. "
            + "Processor time is that of all processes that have a part in the answer, without wrk.");
        Line();
        Line("| Target | Served by | Requests/s | Ours / theirs | Processor time, µs |");
        Line("|---|---|---|---|---|");
        foreach (var target in ThroughputMeasurement.Targets)
        {
            foreach (var implementation in Enum.GetValues<Implementation>())
            {
                Series? Of(string kind) => file.Find(ThroughputMeasurement.Name(kind, target, implementation));
                var ratio = implementation == Implementation.Ours
                    ? null
                    : file.Find($"throughput-ratio/{target}/{implementation.ToString().ToLowerInvariant()}");
                Line($"| {target} | {Name(target, implementation)} | {Value(Of("throughput"))} | {(ratio is null ? "" : Value(ratio))} | "
                    + $"{Value(Of("cpu"))} |");
            }
        }

        Line();
        Tail(file, Line);
        Line();
        Growth(file, Line);
        Line();
        Line("### Start, memory, size");
        Line();
        Line("| | Start to ready, ms | Slowest start, ms | Idle, MiB | Most under load, MiB | Most with 1,000 connections, MiB | "
            + "Executable, MB | Image, MB | As pulled, MB |");
        Line("|---|---|---|---|---|---|---|---|---|");
        foreach (var name in new[] { "details", "ratings", "reviews", "productpage", "bare", "nginx" })
        {
            Line($"| {(name == "bare" ? "bare Kestrel" : name)} | {Value(file.Find($"start/{name}"))} | "
                + $"{(file.Find($"start/{name}") is { } start ? FigureText.Format(start.Most) : "")} | {Value(file.Find($"idle/{name}"))} "
                + $"| {Value(file.Find($"load/{name}"))} | {Value(file.Find($"crowd/{name}"))} | {Value(file.Find($"executable/{name}"))} "
                + $"| {Value(file.Find($"image/{name}"))} | {Value(file.Find($"image-compressed/{name}"))} |");
        }

        Line();
        Line("### Allocated for a request");
        Line();
        Line("| Target | Bytes |");
        Line("|---|---|");
        foreach (var target in new[] { "details", "ratings", "reviews-v1", "reviews-v2", "page" })
        {
            Line($"| {target} | {Value(file.Find($"allocated/{target}"))} |");
        }

        return page.ToString();
    }

    private static void Tail(BenchFile file, Action<string> line)
    {
        line("### The tail");
        line("");
        line("Latency from when a request was due, in ms: this project's / that of bare Kestrel or the bare fan-out, and their ratio;");
        line("each at a part of its own highest rate. 'Saturated' is what wrk saw, from when it sent a request. The busy neighbor is a");
        line("process that keeps one processor busy. p99.9 is that of all rounds together.");
        line("");
        line("| Target | Machine | Rate | p50 | p99 | p99.9 |");
        line("|---|---|---|---|---|---|");
        foreach (var row in TailFigure.All.GroupBy(figure => figure with { Percentile = 0 }))
        {
            string Cell(double percentile) =>
                row.FirstOrDefault(figure => figure.Percentile == percentile) is { } figure && file.Find(figure.Ratio) is { } ratio
                ? $"{Median(figure.Latency(Implementation.Ours))} / {Median(figure.Latency(Implementation.Bare))}, {Value(ratio)}"
                : "";
            line($"| {row.Key.Target} | {(row.Key.Surroundings == Surroundings.Busy ? "busy neighbor" : "quiet")} | {row.Key.LoadText} | "
                + $"{Cell(50)} | {Cell(99)} | {Cell(99.9)} |");
        }

        line("");
        line("At 50 requests a second:");
        line("");
        line("| Target | Processor time for a request, µs | p50, ms |");
        line("|---|---|---|");
        foreach (var target in TailFigure.Targets)
        {
            string Cell(string kind) =>
                $"{Median(ThroughputMeasurement.Name($"low-{kind}", target, Implementation.Ours))} / "
                + $"{Median(ThroughputMeasurement.Name($"low-{kind}", target, Implementation.Bare))}, "
                + Value(file.Find($"low-ratio-{kind}/{target}"));
            line($"| {target} | {Cell("cpu")} | {Cell("p50")} |");
        }

        string Median(string name) => file.Find(name) is { } series ? FigureText.Format(series.Median) : "";
    }

    private static void Growth(BenchFile file, Action<string> line)
    {
        string Of(string name) => Value(file.Find(name));
        line("### 1,000 connections, and one hop more");
        line("");
        line("Requests per core with 1,000 connections beside those with 32, and beside the reference's with 1,000.");
        line("");
        line("| Target | 1,000 / 32 | the same of the reference | this project / the reference, with 1,000 |");
        line("|---|---|---|---|");
        foreach (var target in ThroughputMeasurement.Targets)
        {
            line($"| {target} | {Of($"connections/{target}")} | {Of($"connections/{target}/bare")} | "
                + $"{Of($"connections-ratio/{target}")} |");
        }

        line("");
        line($"The page's cost with three hops beside two and one: {Of("hops/ratio")}; of the bare fan-out {Of("hops/ratio/bare")}; one");
        line($"divided by the other {Of("hops-ratio")}.");
    }

    private static string Name(string target, Implementation implementation) => implementation switch
    {
        Implementation.Ours => "this project",
        Implementation.Bare => target == "page" ? "bare fan-out" : "bare Kestrel",
        _ => "nginx, static file",
    };

    private static string Value(Series? series) => series switch
    {
        null => "",
        { Values.Count: 1 } => FigureText.Format(series.Median),
        _ => $"{FigureText.Format(series.Median)} ({FigureText.Format(series.Least)} to {FigureText.Format(series.Most)})",
    };
}
