namespace Bookinfo.Cli.Local;

/// <summary>A service in <c>up --output json</c>.</summary>
/// <param name="Service">The service, such as <c>reviews</c>.</param>
/// <param name="Version">The version, such as <c>v2</c>.</param>
/// <param name="Address">The address that it listens on.</param>
/// <param name="Pid">Its process id, when a process runs.</param>
/// <param name="ResidentBytes">The memory that its process occupies.</param>
/// <param name="StartUpSeconds">From the start of its process to its first ready answer.</param>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>not-ready</c>, <c>restarting</c>, <c>stopping</c> or <c>stopped</c>.</param>
/// <param name="Restarts">How often it was started again after it had ended by itself.</param>
/// <param name="ExitCode">The exit code of the process before this one.</param>
/// <param name="RestartInSeconds">How long it is until the next start.</param>
/// <param name="LogFile">The full path of its log.</param>
internal sealed record StatusRecord(
    string Service,
    string Version,
    string Address,
    int? Pid,
    long? ResidentBytes,
    double? StartUpSeconds,
    string State,
    int Restarts,
    int? ExitCode,
    double? RestartInSeconds,
    string LogFile)
{
    /// <summary>Makes it of what is known of a service.</summary>
    /// <param name="status">The service.</param>
    public static StatusRecord From(ServiceStatus status) => new(
        status.Plan.Version.Service,
        status.Plan.Version.Version,
        $"http://{status.Address}",
        status.Pid,
        status.ResidentBytes,
        Round(status.StartUp),
        status.ShortDescription.Replace(' ', '-'),
        status.Restarts,
        status.ExitCode,
        Round(status.RestartIn),
        status.Plan.LogFile);

    private static double? Round(TimeSpan? span) => span is { } known ? Math.Round(known.TotalSeconds, 3) : null;
}
