using System.CommandLine;
using System.Text.Json;
using Bookinfo.Cli.Doctor;
using Bookinfo.Cli.Images;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Spectre.Console;

namespace Bookinfo.Cli.Commands;

/// <summary>
/// <c>bookinfo doctor</c>: looks whether everything is there that the other commands need, and says what to do where it is not.
/// </summary>
internal static class DoctorCommand
{
    /// <summary>Characters in a line where there is no terminal, or a wide one: long lines are hard to read.</summary>
    private const int UsualWidth = 79;

    private static readonly Argument<CheckPurpose?> Purpose = TypedOptions.OptionalNameArgument<CheckPurpose>(
        "command", "up|images|deploy", "The command to check for: up, images (build) or deploy. [default: all of them]",
        "up, images or deploy");

    private static readonly Option<string?> Namespace = ClusterCommand.Namespace(
        $"The namespace to deploy to. [default: {DeployedApplication.UsualNamespace}]");

    private static readonly Option<string?> Context = ClusterCommand.Context();

    private static readonly Option<string?> Tag = new("--tag")
    {
        HelpName = "tag",
        Description = "The tag of the images to look for. [default: the one in the manifests]",
    };

    private static readonly Option<string?> Registry = new("--registry")
    {
        HelpName = "host/path",
        Description = $"Where the images are, such as ghcr.io/me/bookinfo. [default: {Kustomization.UsualRegistry}, as in the manifests]",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output(
        "How to write the findings to stdout. json: one object with all checks.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Tag.Validators.Add(result => OptionRules.RequireRule(result, ImageNames.IsTag, ImageNames.TagRule));
        Registry.Validators.Add(result => OptionRules.RequireRule(result, ImageNames.IsRegistry, ImageNames.RegistryRule));
        var command = new Command(
            "doctor",
            "Check what the other commands need, and say what to do about what is missing. For up: the .NET SDK, free ports, Prometheus, "
            + "the dashboard. For images: a compiler and an image builder. For deploy: kubectl, the cluster, its nodes, your rights, the "
            + "namespace and its quota, the images, the NodePort, and where use of CPU and memory is read from. Changes nothing, and ends "
            + "within twenty seconds. "
            + $"The exit code is {ExitCode.Success} when there is no problem, warnings or not, and {ExitCode.ProblemFound} when "
            + "there is one.")
        {
            Purpose, Namespace, Context, Tag, Registry, Output,
        };
        command.SetAction(static (result, _) => RunAsync(new DoctorOptions(
            result.GetValue(Purpose), result.GetValue(Namespace) ?? DeployedApplication.UsualNamespace, result.GetValue(Context),
            result.GetValue(Tag), result.GetValue(Registry), result.GetValue(Output))));
        return command;
    }

    private static Task<int> RunAsync(DoctorOptions options) => CommandRunner.RunAsync(async signals =>
    {
        using var checkup = new Checkup(options, SourceTree.Find(), TimeProvider.System);
        var findings = await WithSpinnerAsync(() => new Examination(TimeProvider.System).RunAsync(checkup.Checks, signals.Stop));
        if (options.Output == OutputFormat.Json)
        {
            ToolOutput.Data.WriteLine(JsonSerializer.Serialize(DoctorRecord.From(findings), DoctorJson.Default.DoctorRecord));
        }
        else
        {
            Write(findings);
        }

        return findings.Any(finding => finding.Result.State == CheckState.Problem) ? ExitCode.ProblemFound : ExitCode.Success;
    });

    private static Task<IReadOnlyList<Finding>> WithSpinnerAsync(Func<Task<IReadOnlyList<Finding>>> work) =>
        ToolOutput.MessagesTerminal?.Status().StartAsync("Checking", _ => work()) ?? work();

    private static void Write(IReadOnlyList<Finding> findings)
    {
        // The last column stays free: terminals differ in whether a character in it begins a new line.
        var width = Math.Min(UsualWidth, ToolOutput.DataWidth - 1 ?? UsualWidth);
        foreach (var line in DoctorTable.Format(findings, width))
        {
            if (ToolOutput.DataTerminal is not { } terminal)
            {
                ToolOutput.Data.WriteLine(line.Text);
                continue;
            }

            // By words of our own rather than markup: what a cluster says may look like markup.
            var (start, length) = line.Mark.GetOffsetAndLength(line.Text.Length);
            terminal.Write(new Text(line.Text[..start]));
            terminal.Write(new Text(line.Text[start..(start + length)], new Style(ColorOf(line.State))));
            terminal.Write(new Text(line.Text[(start + length)..] + '\n'));
        }

        ToolOutput.Messages.WriteLine();
        foreach (var line in DoctorTable.Summarize(findings))
        {
            ToolOutput.Messages.WriteLine(line);
        }
    }

    private static Color ColorOf(CheckState state) => state switch
    {
        CheckState.Ok => Color.Green,
        CheckState.Warning => Color.Yellow,
        CheckState.Problem => Color.Red,
        _ => Color.Grey,
    };
}
