using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Terminal;
using Bookinfo.Load;

namespace Bookinfo.Cli.Commands;

/// <summary>The options about load workers that the commands that may send from inside a cluster have in common.</summary>
internal sealed class WorkerOptions
{
    /// <summary><c>--in-cluster</c>.</summary>
    public Option<bool> InCluster { get; } = new("--in-cluster")
    {
        Description = "Send the requests from a Job inside the cluster, so that the network between it and this machine is not measured.",
    };

    /// <summary><c>--workers</c>.</summary>
    public Option<long?> Workers { get; } = TypedOptions.Whole(
        "--workers", "How many pods share the load, with --in-cluster. [default: 1]", 1, WorkerOrder.MostWorkers);

    /// <summary><c>--worker-image</c>.</summary>
    public Option<string?> WorkerImage { get; } = new("--worker-image")
    {
        HelpName = "image",
        Description = "The image of these pods. [default: load-worker, from the registry and with the tag of the deployed productpage]",
    };

    /// <summary>How many workers send from inside the cluster; <see langword="null"/> to send from here.</summary>
    public int? GetWorkers(ParseResult result) => result.GetValue(InCluster) ? (int)(result.GetValue(Workers) ?? 1) : null;

    /// <summary>Rejects what would be ignored, or leave a worker without a connection.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="traffic">The options about requests of the same command.</param>
    /// <param name="further">Further options that have no effect without <c>--in-cluster</c>.</param>
    public void RequireUseful(CommandResult result, TrafficOptions traffic, params IEnumerable<Option> further)
    {
        if (!result.GetValue(InCluster))
        {
            foreach (var option in further.Prepend(WorkerImage).Prepend(Workers))
            {
                OptionRules.Only(result, option, useful: false, InCluster.Name);
            }
        }
        else if ((result.GetValue(traffic.Connections) ?? TrafficOptions.UsualConnections) is var connections
            && result.GetValue(Workers) is { } workers && workers > connections)
        {
            result.AddError(
                $"{Workers.Name} '{workers}' is not allowed: each worker needs a connection, and {traffic.Connections.Name} is "
                + $"{connections}.");
        }
    }
}
