using System.CommandLine;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using k8s;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo delete</c>: removes what <c>deploy</c> made, and only that.</summary>
internal static class DeleteCommand
{
    private const int MostForeignNamed = 10;

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        "The namespace to remove Bookinfo from. [default: bookinfo]");
    private static readonly Option<string?> Context = ClusterCommand.Context();
    private static readonly Option<TimeSpan?> Timeout = ClusterCommand.Timeout(
        "How long to wait until all is gone, as 90s or 2m. [default: 2m]");
    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write to stdout what is gone. json: one object a line.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("delete", "Remove from a Kubernetes cluster what 'deploy' made, and only that.")
        {
            Namespace, Context, Timeout, Output,
        };
        command.SetAction(static (result, _) => ClusterCommand.RunAsync(
            result.GetValue(Context),
            (cluster, cancellationToken) => RunAsync(
                cluster, result.GetValue(Namespace) ?? DeployedApplication.UsualNamespace,
                result.GetValue(Timeout) ?? ClusterCommand.UsualTimeout, result.GetValue(Output), cancellationToken),
            () => "What is not gone yet is still in the inventory: run 'bookinfo delete' again to go on."));
        return command;
    }

    private static async Task<int> RunAsync(
        ClusterConnection cluster, string space, TimeSpan timeout, OutputFormat format, CancellationToken cancellationToken)
    {
        var persistence = new Persistence(timeout, TimeProvider.System);
        var known = await persistence.RunAsync(() => Inventory.ReadAsync(cluster.Api, space, cancellationToken), cancellationToken);
        if (known is null)
        {
            return await ExplainNothingAsync(cluster, space, cancellationToken);
        }

        var deleted = 0;
        void Write(DeleteEvent one) => ToolOutput.Data.WriteLine(JsonSerializer.Serialize(one, ClusterJson.Default.DeleteEvent));
        void Gone(ObjectReference one)
        {
            deleted++;
            if (format == OutputFormat.Json)
            {
                Write(new DeleteEvent("deleted", space) { Object = one.ToString() });
            }
            else
            {
                ToolOutput.Data.WriteLine($"{one} is gone");
            }
        }

        await ToolOutput.Messages.WriteLineAsync($"Deleting what 'bookinfo deploy' made in namespace {space} of "
            + $"{cluster.Config.Client.Host}. Pods finish what is in flight first.");
        var foreign = await new Removal(cluster, space, TimeProvider.System).RunAsync(
            known.Value.Inventory, persistence, Gone, cancellationToken);
        if (format == OutputFormat.Json)
        {
            if (foreign.Count > 0)
            {
                Write(new DeleteEvent("kept", space) { Foreign = foreign });
            }

            Write(new DeleteEvent("done", space) { Deleted = deleted });
        }

        if (foreign.Count > 0)
        {
            var more = foreign.Count > MostForeignNamed ? $" and {foreign.Count - MostForeignNamed} more" : "";
            await ToolOutput.Messages.WriteLineAsync($"Namespace {space} stays, for in it is what 'bookinfo deploy' did not make: "
                + $"{string.Join(", ", foreign.Take(MostForeignNamed))}{more}.");
        }

        await ToolOutput.Messages.WriteLineAsync("Done.");
        return ExitCode.Success;
    }

    /// <summary>Says why there is nothing to delete, and what else may be meant.</summary>
    private static async Task<int> ExplainNothingAsync(ClusterConnection cluster, string space, CancellationToken cancellationToken)
    {
        var byHand = await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(
            space, labelSelector: DeployedApplication.PartOfBookinfo, cancellationToken: cancellationToken);
        if (byHand.All().Count > 0)
        {
            throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"Bookinfo in namespace '{space}' was not deployed by 'bookinfo deploy', so what belongs to it is not known here. Delete "
                + $"it as it was made: 'kubectl delete -k {Kustomization.UsualOverlay}'.");
        }

        // What is to be gone is gone: whoever runs this twice has not failed.
        await ToolOutput.Messages.WriteLineAsync($"Nothing is deployed in namespace "
            + $"{space}{await DeployedApplication.DescribeElsewhereAsync(cluster, space, cancellationToken)}.");
        return ExitCode.Success;
    }
}
