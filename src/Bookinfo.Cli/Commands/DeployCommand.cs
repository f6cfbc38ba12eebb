using System.CommandLine;
using Bookinfo.Cli.Images;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo deploy</c>: applies the manifests to a cluster and waits until all is ready.</summary>
internal static class DeployCommand
{
    private static readonly Option<string?> Overlay = new("--overlay")
    {
        HelpName = "path",
        Description = $"The kustomize overlay to apply. [default: {Kustomization.UsualOverlay} of this working copy]",
    };

    private static readonly Option<string[]> Component = new("--component")
    {
        HelpName = "name",
        Description = "Add a component of deploy/components, such as otlp or gateway-api/90-10. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        "The namespace to deploy to. [default: what the overlay says, bookinfo]");
    private static readonly Option<string?> Context = ClusterCommand.Context();
    private static readonly Option<TimeSpan?> Timeout = ClusterCommand.Timeout(
        "How long to wait for all to be ready, as 90s or 2m. [default: 2m]");

    private static readonly Option<string?> Registry = new("--registry")
    {
        HelpName = "prefix",
        Description = "Where the images are, such as ghcr.io/me/bookinfo: then details is ghcr.io/me/bookinfo/details. "
            + $"[default: {Kustomization.UsualRegistry}, which are images loaded into the nodes]",
    };

    private static readonly Option<string?> Tag = new("--tag")
    {
        HelpName = "tag",
        Description = "The tag of the images. [default: what the manifests say]",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write progress to stdout. json: one object a line, at each step.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        FileCompletion.Offer(Overlay.CompletionSources);
        Registry.Validators.Add(static result => OptionRules.RequireRule(result, ImageNames.IsRegistry, ImageNames.RegistryRule));
        Tag.Validators.Add(static result => OptionRules.RequireRule(result, ImageNames.IsTag, ImageNames.TagRule));
        var command = new Command(
            "deploy", "Deploy Bookinfo to a Kubernetes cluster and wait until it is ready. Running it again changes nothing.")
        {
            Overlay, Component, Namespace, Context, Timeout, Registry, Tag, Output,
        };
        command.SetAction(static (result, _) => RunAsync(
            new DeployOptions(
            result.GetValue(Overlay),
            [.. (result.GetValue(Component) ?? []).Distinct()],
            result.GetValue(Namespace),
            result.GetValue(Context),
            result.GetValue(Timeout) ?? ClusterCommand.UsualTimeout,
            result.GetValue(Registry),
            result.GetValue(Tag)),
            result.GetValue(Output)));
        return command;
    }

    private static async Task<int> RunAsync(DeployOptions options, OutputFormat output)
    {
        const string Rest = "What was applied stays: deploy again to go on, or remove it with 'bookinfo delete'.";
        var applying = false;
        var applied = false;
        return await ClusterCommand.RunAsync(
            options.Context,
            async (kubectl, cancellationToken) =>
            {
                var tree = SourceTree.Find();
                var kustomization = new Kustomization(tree, kubectl);
                return (
                    Manifests: await kustomization.RenderAsync(options, cancellationToken),
                    Overlay: tree.Relative(kustomization.OverlayDirectory(options)));
            },
            async (cluster, rendered, cancellationToken) =>
            {
                var time = TimeProvider.System;
                var deployment = new Deployment(cluster, rendered.Manifests, rendered.Overlay, options.Components);
                await ToolOutput.Messages.WriteLineAsync(
                    $"Deploying to namespace {deployment.Namespace} of {cluster.Config.Client.Host} (context {cluster.Config.Context}).");
                await new NamespaceEnd(cluster.Api, deployment.Namespace, ToolOutput.Messages.WriteLine, time).WaitAsync(
                    options.Timeout, cancellationToken);
                var began = time.GetTimestamp();
                var persistence = new Persistence(options.Timeout, time);
                applying = true;
                var json = output == OutputFormat.Json ? new JsonDeployView(ToolOutput.Data, deployment.Namespace) : null;
                try
                {
                    await using (var view = json ?? CreateView(time))
                    {
                        view.Applied(await deployment.ApplyAsync(persistence, cancellationToken));
                        applied = true;
                        await new Rollout(cluster.Api, deployment.Namespace, deployment.Deployments, view, time).WaitAsync(
                            began, options.Timeout, cancellationToken);
                    }

                    var ready = time.GetElapsedTime(began);
                    var page = await new PageCheck(cluster, deployment.Namespace, ToolOutput.Messages.WriteLine, time).RunAsync(
                        persistence, cancellationToken);
                    json?.Write(new DeployEvent("ready")
                    {
                        Namespace = deployment.Namespace,
                        ReadySeconds = Math.Round(ready.TotalSeconds, 3),
                        Addresses = page.Addresses,
                        PortForward = page.PortForward,
                    });
                    await WriteAsync(page, ready);
                    return ExitCode.Success;
                }
                catch (Exception exception) when ((exception as OperationFailedException
                    ?? ClusterFailure.Explain(exception, cluster.Config, cancellationToken)) is { } failure)
                {
                    var message = exception == failure || !applied ? failure.Message : $"{failure.Message}\n{Rest}";
                    json?.Write(new DeployEvent("failed")
                    {
                        Namespace = deployment.Namespace,
                        Problems = message.Split('\n', StringSplitOptions.TrimEntries),
                    });
                    throw exception == failure ? failure : new OperationFailedException(failure.Kind, message);
                }
            },
            () => applying ? Rest : "Nothing was applied.");
    }

    private static IDeployView CreateView(TimeProvider time) =>
        ToolOutput.DataTerminal is { } terminal
            ? new LiveDeployView(terminal, ToolOutput.Messages, time)
            : new PlainDeployView(ToolOutput.Data, ToolOutput.Messages);

    private static async Task WriteAsync(PageLocation page, TimeSpan ready)
    {
        await ToolOutput.Messages.WriteLineAsync($"All ready after {Duration.Format(ready)}.");
        if (page.Note is { } note)
        {
            await ToolOutput.Messages.WriteLineAsync(note);
        }

        foreach (var address in page.Addresses)
        {
            await ToolOutput.Messages.WriteLineAsync($"Open {address}");
        }

        if (page.PortForward is { } forward)
        {
            await ToolOutput.Messages.WriteLineAsync(
                $"The page answers. To open it, run\n  {forward}\nand open http://localhost:8080/productpage");
        }
    }
}
