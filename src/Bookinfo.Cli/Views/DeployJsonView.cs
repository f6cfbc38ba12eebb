using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Views;

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

/// <summary>A line of <c>deploy --output json</c>.</summary>
/// <param name="Event"><c>applied</c>, <c>rollout</c>, <c>failed</c> or <c>ready</c>.</param>
internal sealed record DeployEvent(string Event)
{
    /// <summary>applied, ready: the namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>applied: how many objects were made.</summary>
    public int? Created { get; init; }

    /// <summary>applied: how many objects were changed.</summary>
    public int? Configured { get; init; }

    /// <summary>applied: how many objects were as they should be.</summary>
    public int? Unchanged { get; init; }

    /// <summary>applied: what was removed, as <c>kind name</c>.</summary>
    public IReadOnlyList<string>? Removed { get; init; }

    /// <summary>rollout: the Deployment.</summary>
    public string? Deployment { get; init; }

    /// <summary>rollout: how many pods it shall have.</summary>
    public int? Wanted { get; init; }

    /// <summary>rollout: how many of them are ready.</summary>
    public int? Ready { get; init; }

    /// <summary>rollout: the nodes of its pods, separated by commas.</summary>
    public string? Nodes { get; init; }

    /// <summary>rollout: seconds since the beginning until all pods had a node.</summary>
    public double? ScheduledSeconds { get; init; }

    /// <summary>rollout: whether the image was there already.</summary>
    public bool? ImagePresent { get; init; }

    /// <summary>rollout: seconds that pulling the image took.</summary>
    public double? ImagePullSeconds { get; init; }

    /// <summary>rollout: the size of the image in bytes.</summary>
    public long? ImageBytes { get; init; }

    /// <summary>rollout: seconds since the beginning until all containers ran.</summary>
    public double? StartedSeconds { get; init; }

    /// <summary>rollout: seconds since the beginning until it was ready; ready: until everything was.</summary>
    public double? ReadySeconds { get; init; }

    /// <summary>rollout: whether nothing had to be done.</summary>
    public bool? IsUnchanged { get; init; }

    /// <summary>rollout: what is wrong at the moment; failed: why it ended.</summary>
    public IReadOnlyList<string>? Problems { get; init; }

    /// <summary>ready: where the page is.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>ready: the command that makes the page reachable, when no node port does.</summary>
    public string? PortForward { get; init; }
}

/// <summary>How the lines of <c>--output json</c> of the commands for a cluster are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeleteEvent))]
[JsonSerializable(typeof(DeployEvent))]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class ClusterJson : JsonSerializerContext;
