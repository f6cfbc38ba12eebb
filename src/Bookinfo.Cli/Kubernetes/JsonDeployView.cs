using System.Text.Json;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>For programs: an object a line for each step.</summary>
/// <param name="output">Where they go.</param>
/// <param name="space">The namespace.</param>
internal sealed class JsonDeployView(TextWriter output, string space) : IDeployView
{
    /// <summary>Writes an object.</summary>
    /// <param name="one">What has happened.</param>
    public void Write(DeployEvent one) => output.WriteLine(JsonSerializer.Serialize(one, ClusterJson.Default.DeployEvent));

    /// <inheritdoc/>
    public void Applied(ApplySummary applied) => Write(new DeployEvent("applied")
    {
        Namespace = space,
        Created = applied.Created,
        Configured = applied.Configured,
        Unchanged = applied.Unchanged,
        Removed = [.. applied.Removed.Select(one => one.ToString())],
    });

    /// <inheritdoc/>
    public void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed)
    {
        foreach (var rollout in changed)
        {
            Write(new DeployEvent("rollout")
            {
                Deployment = rollout.Deployment,
                Wanted = rollout.Wanted,
                Ready = rollout.Ready,
                Nodes = rollout.Nodes,
                ScheduledSeconds = Seconds(rollout.Scheduled),
                ImagePresent = rollout.Image is { } image ? image.Duration is null : null,
                ImagePullSeconds = Seconds(rollout.Image?.Duration),
                ImageBytes = rollout.Image?.Bytes,
                StartedSeconds = Seconds(rollout.Started),
                ReadySeconds = Seconds(rollout.ReadyAfter),
                IsUnchanged = rollout.IsUnchanged,
                Problems = rollout.Problem is { } problem ? [problem.ToString()] : null,
            });
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static double? Seconds(TimeSpan? time) => time is { } span ? Math.Round(span.TotalSeconds, 3) : null;
}
