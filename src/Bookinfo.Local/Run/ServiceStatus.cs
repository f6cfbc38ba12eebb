using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>What is known of a service at one moment.</summary>
/// <param name="Plan">The service.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Pid">Its process id; <see langword="null"/> when no process runs.</param>
/// <param name="StartUp">
/// From the start of its process until it listened, as it says in its log; <see langword="null"/> before that, and of what is not one of
/// the services.
/// </param>
/// <param name="Restarts">How often it was started again after it had ended by itself.</param>
/// <param name="ExitCode">The exit code of the process before this one; <see langword="null"/> when this is the first.</param>
/// <param name="RestartIn">How long it is until the next start, while it is restarting.</param>
/// <param name="ResidentBytes">The memory that its process occupies; <see langword="null"/> when none runs.</param>
/// <param name="Telemetry">
/// Which of the telemetry that it sends does not arrive, and why; <see langword="null"/> when nothing is known to be missing.
/// </param>
public sealed record ServiceStatus(
    ServicePlan Plan,
    ServiceState State,
    int? Pid = null,
    TimeSpan? StartUp = null,
    int Restarts = 0,
    int? ExitCode = null,
    TimeSpan? RestartIn = null,
    long? ResidentBytes = null,
    string? Telemetry = null)
{
    /// <summary>The address that it listens on, without the scheme.</summary>
    public string Address => $"localhost:{Plan.Port}";

    /// <summary>The state in a word or two.</summary>
    public string ShortDescription => State == ServiceState.NotReady ? "not ready" : State.ToString().ToLowerInvariant();

    /// <summary>
    /// The state with what led to it, such as <c>restarting in 4 s (exit code 134, SIGABRT), restart 3</c> or <c>ready, restarts: 3</c>.
    /// </summary>
    public string Description => State == ServiceState.Restarting
        ? $"restarting in {Math.Max(1, Math.Ceiling((RestartIn ?? default).TotalSeconds))} s ({ToolResult.DescribeExit(ExitCode ?? 0)}), "
            + $"restart {Restarts}"
        : Restarts == 0 ? ShortDescription : $"{ShortDescription}, restarts: {Restarts}";

    /// <summary>What is said below the service when <see cref="Description"/> does not fit beside it.</summary>
    public string Note =>
        State == ServiceState.Restarting ? Description : $"restarts: {Restarts}, last time after {ToolResult.DescribeExit(ExitCode ?? 0)}";
}

/// <summary>Where a service is in its life.</summary>
public enum ServiceState
{
    /// <summary>Its process is started or about to be; it has not answered yet.</summary>
    Starting,

    /// <summary>It says that it takes requests.</summary>
    Ready,

    /// <summary>It runs and says that it takes no requests, or does not answer.</summary>
    NotReady,

    /// <summary>Its process ended by itself; it is started again after a delay.</summary>
    Restarting,

    /// <summary>It was told to stop.</summary>
    Stopping,

    /// <summary>Its process has ended and stays so.</summary>
    Stopped,
}
