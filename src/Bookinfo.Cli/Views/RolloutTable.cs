using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Views;

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
