using Bookinfo.Cli.Local;
using Spectre.Console;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>For a terminal: the table of the Deployments, drawn again in its place at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="messages">Where what is said beside it goes.</param>
/// <param name="time">The clock.</param>
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
