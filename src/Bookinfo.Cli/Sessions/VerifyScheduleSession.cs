using Bookinfo.Cli.Commands;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Scenarios;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>What <c>verify --schedule</c> does: asks the history of a Prometheus about a game day, and writes the report.</summary>
/// <param name="request">What the user asked for.</param>
/// <param name="signals">Ctrl-C.</param>
internal sealed class VerifyScheduleSession(VerifyScheduleRequest request, StopSignals signals, TimeProvider time)
{
    private const string ScheduleOption = "--schedule";

    /// <summary>Asks the history of the Prometheus, and writes the report.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        var timetable = TimetableFile.Read(ScheduleOption, request.File);
        using var prometheus = new PrometheusClient(request.Prometheus ?? await FindPrometheusAsync());
        var results = await new GameDayVerification(timetable, FindScenario, prometheus, request.Selector, request.Patience, time).RunAsync(
            ToolOutput.Messages.WriteLine, signals.Stop);
        return await VerificationOutput.WriteAsync(
            VerificationReport.Of(ProgramVersion.Text, request.File, timetable, results), request.Output);
    }

    private static async Task<Uri> FindPrometheusAsync()
    {
        var tree = SourceTree.Find();
        return RunRecord.Read(tree, await LocalPage.FindAsync(tree, "name its Prometheus with --prometheus"))?.Prometheus
            ?? throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"{ScheduleOption} needs the Prometheus that was there during the game day: name it with --prometheus.");
    }

    /// <summary>One of those that come with Bookinfo, or a file of the user's own beside the timetable.</summary>
    private Scenario FindScenario(string name)
    {
        var own = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(request.File))!, $"{name}.yaml");
        return ScenarioCommand.Files.Read(!ScenarioCommand.Files.Names.Contains(name) && File.Exists(own) ? own : name);
    }
}

/// <summary>What the user asked <c>verify --schedule</c> for.</summary>
/// <param name="File">The file with the timetable.</param>
/// <param name="Prometheus">Where the alerts were; <see langword="null"/> for the Prometheus of <c>up</c>.</param>
/// <param name="Selector">A condition on the labels of alerts.</param>
/// <param name="Patience">How much later than a scenario says an alert is waited for.</param>
/// <param name="Output">How to write the report.</param>
internal sealed record VerifyScheduleRequest(string File, Uri? Prometheus, string Selector, TimeSpan Patience, VerifyFormat Output);
