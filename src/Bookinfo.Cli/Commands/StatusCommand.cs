using System.CommandLine;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Cli.Views;
using Bookinfo.Kubernetes;
using Spectre.Console;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo status</c>: shows what is deployed and how it does.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace("The namespace to look at. [default: bookinfo]");
    private static readonly Option<string?> Context = ClusterCommand.Context();
    private static readonly Option<bool> Watch = new("--watch", "-w") { Description = "Go on, every 2 seconds, until Ctrl-C." };
    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write it to stdout. json: one object a line.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "status", "Show what is deployed: pods, their use of CPU and memory, start-up times, images, and Services.")
        {
            Namespace, Context, Watch, Output,
        };
        command.SetAction(static async (result, _) =>
        {
            var watching = result.GetValue(Watch);
            var exitCode = await ClusterCommand.RunAsync(
                result.GetValue(Context),
                (cluster, cancellationToken) => RunAsync(
                    cluster, result.GetValue(Namespace) ?? DeployedApplication.UsualNamespace, watching, result.GetValue(Output),
                    cancellationToken));
            // To watch ends with Ctrl-C and in no other way.
            return watching && exitCode == ExitCode.Interrupted ? ExitCode.Success : exitCode;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ClusterConnection cluster, string space, bool watch, OutputFormat format, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var reader = new StatusReader(cluster, space, time);
        if (!await reader.IsDeployedAsync(cancellationToken))
        {
            throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
        }

        var live = watch && format == OutputFormat.Table && ToolOutput.DataTerminal is { } terminal ? new LiveText(terminal, time) : null;
        await using (live)
        {
            for (StatusReport? last = null; ;)
            {
                StatusReport report;
                try
                {
                    last = report = await reader.ReadAsync(cancellationToken);
                }
                catch (Exception exception) when (watch && last is not null && ClusterFailure.IsPassing(exception, cancellationToken))
                {
                    // It may answer again the next time. Until then what it said before is shown, where something is shown in its place.
                    var message = ClusterFailure.Explain(exception, cluster.Config, cancellationToken)!.Message;
                    if (live is null)
                    {
                        await ToolOutput.Messages.WriteLineAsync($"bookinfo: {message}");
                        await Task.Delay(Interval, time, cancellationToken);
                        continue;
                    }

                    report = last with { Notes = [.. last.Notes, $"As of {last.Time.ToLocalTime():HH:mm:ss}: {message}"] };
                }

                if (live is not null)
                {
                    live.Show(width => StatusTables.Format(report, width).Select(line => new Text(line)));
                }
                else if (format == OutputFormat.Json)
                {
                    await ToolOutput.Data.WriteLineAsync(JsonSerializer.Serialize(report, ClusterJson.Default.StatusReport));
                }
                else
                {
                    await ToolOutput.Data.WriteLineAsync(
                        string.Join('\n', StatusTables.Format(report, ToolOutput.DataWidth ?? int.MaxValue)));
                }

                if (!watch || ToolOutput.Data.Lost.IsCancellationRequested)
                {
                    return ExitCode.Success;
                }

                await Task.Delay(Interval, time, cancellationToken);
            }
        }
    }
}
