using Bookinfo.Cli.Terminal;
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
