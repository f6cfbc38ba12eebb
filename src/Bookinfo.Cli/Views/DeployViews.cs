using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Spectre.Console;

namespace Bookinfo.Cli.Views;

/// <summary>For a terminal: the table of the Deployments, drawn again in its place at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="messages">Where what is said beside it goes.</param>
internal sealed class LiveDeployView(IAnsiConsole console, TextWriter messages, TimeProvider time) : IDeployView
{
    private readonly LiveText _live = new(console, time);

    /// <inheritdoc/>
    public void Applied(ApplySummary applied) => messages.WriteLine($"Applied: {applied}");

    /// <inheritdoc/>
    public void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed) =>
        _live.Show(width => RolloutTable.Format(rollouts, width).Select(row => new Text(row.Line, ColorOf(row.Rollout))));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _live.DisposeAsync();

    private static Style ColorOf(RolloutStatus? rollout) => rollout switch
    {
        null => new Style(decoration: Decoration.Dim),
        { IsReady: true } => new Style(Color.Green),
        { Problem: not null } => new Style(Color.Red),
        _ => Style.Plain,
    };
}

/// <summary>For a file or a pipe: a line for each step of each Deployment.</summary>
/// <param name="output">Where the steps go.</param>
/// <param name="messages">Where the rest goes.</param>
internal sealed class PlainDeployView(TextWriter output, TextWriter messages) : IDeployView
{
    private readonly Dictionary<string, RolloutStatus> _shown = [];

    /// <inheritdoc/>
    public void Applied(ApplySummary applied) => messages.WriteLine($"Applied: {applied}");

    /// <inheritdoc/>
    public void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed)
    {
        foreach (var rollout in changed)
        {
            foreach (var step in Steps(
                _shown.GetValueOrDefault(rollout.Deployment) ?? new RolloutStatus(rollout.Deployment, rollout.Wanted), rollout))
            {
                output.WriteLine(PrintableText.Clean($"{rollout.Deployment}: {step}"));
            }

            _shown[rollout.Deployment] = rollout;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<string> Steps(RolloutStatus before, RolloutStatus now)
    {
        if (now.IsUnchanged)
        {
            yield return "ready, unchanged";
            yield break;
        }

        if (before.Scheduled is null && now.Scheduled is { } scheduled)
        {
            yield return $"scheduled to {now.Nodes} after {Duration.Format(scheduled)}";
        }

        if (before.Image is null && now.Image is { } image)
        {
            yield return image.Duration is { } pulled
                ? $"image pulled in {Duration.Format(pulled)}{(image.Bytes is { } bytes ? $", {ByteSize.Format(bytes)}" : "")}"
                : $"image {image}";
        }

        if (before.Started is null && now.Started is { } started)
        {
            yield return $"started after {Duration.Format(started)}";
        }

        if (now.Problem is { } problem && problem.Message != before.Problem?.Message)
        {
            yield return $"{problem}";
        }

        if (before.ReadyAfter is null && now.ReadyAfter is { } ready)
        {
            yield return $"ready after {Duration.Format(ready)}";
        }
    }
}

/// <summary>The table of the Deployments while they become ready.</summary>
internal static class RolloutTable
{
    /// <summary>Formats the table.</summary>
    /// <param name="rollouts">The Deployments.</param>
    /// <param name="width">How many characters fit in a line.</param>
    /// <returns>For each row, the heading first: its lines, and the Deployment, which the heading has not.</returns>
    public static IEnumerable<(string Line, RolloutStatus? Rollout)> Format(IReadOnlyList<RolloutStatus> rollouts, int width)
    {
        width = Math.Max(width, TerminalDevice.LeastWidth);
        var table = new TextTable("DEPLOYMENT", "PODS", ">SCHEDULED", ">IMAGE", ">STARTED", ">READY");
        foreach (var rollout in rollouts)
        {
            table.Add(
                rollout.Deployment, $"{rollout.Ready}/{rollout.Wanted}", After(rollout.Scheduled), rollout.Image?.ToString() ?? "-", After(
                    rollout.Started),
                rollout.IsUnchanged ? "unchanged" : After(rollout.ReadyAfter));
        }

        foreach (var (row, lines) in table.Format(width).Index())
        {
            var rollout = row == 0 ? null : rollouts[row - 1];
            foreach (var line in lines)
            {
                yield return (line, rollout);
            }

            if (rollout is { IsReady: false, Problem: { } problem })
            {
                // What is wrong may pass; if it does not, all of it is said at the end.
                var note = $"  {problem.Reason}: {problem.Message}";
                yield return (note.Length <= width ? note : $"{note[..TextCut.Before(note, width - 3)]}...", rollout);
            }
        }
    }

    private static string After(TimeSpan? time) => time is { } after ? Duration.Format(after) : "-";
}
