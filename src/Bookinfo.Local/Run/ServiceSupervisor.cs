using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>Keeps one service running: starts it, sees when it is ready, starts it again when it ends by itself, and stops it.</summary>
internal sealed class ServiceSupervisor : IDisposable
{
    /// <summary>128 + SIGINT: a Ctrl-C at the terminal reaches the process itself.</summary>
    private const int EndedByInterrupt = 130;

    private static readonly TimeSpan StartPolling = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SignalDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LinePatience = TimeSpan.FromSeconds(1);

    /// <summary>How many probes in a row must fail: under heavy load a single one may be late.</summary>
    private const int FailedProbes = 3;

    private readonly ServicePlan _plan;
    private readonly SourceTree _tree;
    private readonly TimeProvider _time;
    private readonly Action<ServiceStatus> _changed;
    private readonly RestartDelays _delays;
    private readonly ReadinessProbe _probe;
    private readonly ProcessLog _log;
    private volatile TelemetryWatch _telemetry = new();
    private volatile StartUpWatch _startUp = new();
    private volatile ChildProcess? _process;
    private volatile ServiceStatus _status;
    private long _restartAt;

    /// <summary>Creates the log of the service; nothing is started.</summary>
    /// <param name="plan">The service.</param>
    /// <param name="tree">The working copy.</param>
    /// <param name="changed">Called when the state has changed, from any thread.</param>
    public ServiceSupervisor(ServicePlan plan, SourceTree tree, TimeProvider time, Action<ServiceStatus> changed)
    {
        (_plan, _tree, _time, _changed) = (plan, tree, time, changed);
        _delays = new(time);
        _probe = new(plan.Port, plan.ReadinessPath);
        _status = new(plan, ServiceState.Starting);
        _log = new(plan.LogFile, lines =>
        {
            _startUp.Read(lines);
            if (_telemetry.Read(lines))
            {
                changed(Status);
            }
        });
    }

    /// <summary>The service.</summary>
    public ServicePlan Plan => _plan;

    /// <summary>Whether it is a service of the application, and not a tool beside them such as Prometheus.</summary>
    private bool IsService => ServiceCatalog.ServicesAndVersions.Contains(_plan.Name);

    /// <summary>What is known of it now.</summary>
    public ServiceStatus Status => _status with
    {
        StartUp = _status.Pid is null ? null : _startUp.Known,
        Telemetry = _status.Pid is null ? null : _telemetry.Problem,
        ResidentBytes = _status.Pid is null ? null : _process?.ResidentBytes,
        RestartIn = _status.State == ServiceState.Restarting
            ? _time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _restartAt))
            : null,
    };

    /// <summary>Why the log of the service lacks something; <see langword="null"/> when it does not.</summary>
    public string? LogProblem => _log.Problem;

    /// <summary>Starts the process.</summary>
    /// <exception cref="OperationFailedException">It cannot be started.</exception>
    public void Start()
    {
        // A new process has its own queues and connections, and says nothing of those of the one before.
        (_telemetry, _startUp) = (new TelemetryWatch(), new StartUpWatch());
        _delays.Started();
        try
        {
            _process = ChildProcess.Start(_plan.FileName, _plan.Arguments, _plan.Environment, _tree.Root, _log, _time);
        }
        catch (Win32Exception exception)
        {
            throw new OperationFailedException(FailureKind.ServiceFailed, $"{_plan.Name} cannot be started: {exception.Message}.");
        }

        Change(_status with { State = ServiceState.Starting, Pid = _process.Pid });
    }

    /// <summary>Waits until the service is ready for the first time.</summary>
    /// <exception cref="OperationFailedException">
    /// It ended instead, or takes too long: the line says why, as far as the service's log does.
    /// </exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _time.CreateTimer(_ => patience.Cancel(), null, StartPatience, Timeout.InfiniteTimeSpan);
        try
        {
            if (await BecomesReadyAsync(_process!, patience.Token))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationFailedException(
                FailureKind.ServiceFailed, $"{_plan.Name} is not ready after {StartPatience.TotalSeconds:0} s. Its log: "
                    + $"{_tree.Relative(_plan.LogFile)}");
        }

        var exitCode = await _process!.Exited;
        if (exitCode == EndedByInterrupt)
        {
            // Ctrl-C goes to the whole group, and a process that was started just now has not left it yet. Our own signal is on its way.
            await Task.Delay(SignalDelay, _time, cancellationToken);
        }

        var exit = ToolResult.DescribeExit(exitCode);
        var reason = _log.LastLine is { Length: > 0 } line ? $": {line}" : ".";
        throw new OperationFailedException(
            FailureKind.ServiceFailed, $"{_plan.Name} ended before it was ready ({exit}){reason} Its log: {_tree.Relative(_plan.LogFile)}");
    }

    /// <summary>Watches a service that has been ready, and starts it again whenever it ends.</summary>
    /// <param name="cancellationToken">Ends the watch; the service goes on.</param>
    public async Task KeepRunningAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WatchAsync(_process!, cancellationToken);
            var exitCode = await _process!.Exited;
            do
            {
                var delay = _delays.Ended();
                Volatile.Write(ref _restartAt, _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency));
                Change(_status with
                {
                    State = ServiceState.Restarting,
                    Pid = null,
                    ExitCode = exitCode,
                    Restarts = _status.Restarts + 1,
                });
                await Task.Delay(delay, _time, cancellationToken);
                exitCode = TryStart();
            }
            while (exitCode != 0);

            await BecomesReadyAsync(_process!, cancellationToken);
        }
    }

    /// <summary>Stops the service: asks it to, and ends it when it has not done so in time.</summary>
    /// <returns>Whether it stopped by itself.</returns>
    public async Task<bool> StopAsync()
    {
        var orderly = true;
        if (_process is { } process && !process.Exited.IsCompleted)
        {
            Change(_status with { State = ServiceState.Stopping });
            process.CloseInput();
            try
            {
                await process.Exited.WaitAsync(StopPatience, _time);
            }
            catch (TimeoutException)
            {
                orderly = false;
                process.Kill();
                await process.Exited;
            }
        }

        Change(_status with { State = ServiceState.Stopped, Pid = null });
        return orderly;
    }

    /// <summary>Ends the service at once.</summary>
    public void Kill() => _process?.Kill();

    /// <inheritdoc/>
    public void Dispose()
    {
        _process?.Dispose();
        _log.Dispose();
    }

    /// <returns>0, or the exit code to show when the program cannot be started any more, as while it is being built anew.</returns>
    private int TryStart()
    {
        var ended = _process;
        try
        {
            Start();
            ended?.Dispose();
            return 0;
        }
        catch (OperationFailedException)
        {
            return 127;
        }
    }

    private async Task<bool> BecomesReadyAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        while (!process.Exited.IsCompleted)
        {
            // Somebody else may have taken the port meanwhile and answer there: then this process ends, as it cannot have it.
            if (await _probe.IsReadyAsync(cancellationToken) && PortOwner.IsOrMayBe(process.Pid, _plan.Port) && !process.Exited.IsCompleted)
            {
                if (IsService)
                {
                    // It answers a moment before it says so.
                    await _startUp.WaitAsync(LinePatience, _time, cancellationToken);
                }

                Change(_status with { State = ServiceState.Ready });
                return true;
            }

            await Task.WhenAny(process.Exited, Task.Delay(StartPolling, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }

    private async Task WatchAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        var failed = 0;
        while (!process.Exited.IsCompleted)
        {
            await Task.WhenAny(process.Exited, Task.Delay(Polling, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (process.Exited.IsCompleted)
            {
                return;
            }

            failed = await _probe.IsReadyAsync(cancellationToken) ? 0 : failed + 1;
            var state = failed == 0 ? ServiceState.Ready : failed < FailedProbes ? _status.State : ServiceState.NotReady;
            if (state != _status.State && !process.Exited.IsCompleted)
            {
                Change(_status with { State = state });
            }
        }
    }

    private void Change(ServiceStatus status)
    {
        _status = status;
        _changed(Status);
    }
}

/// <summary>
/// How long to wait before a service that ended is started again: 1 s, 2 s, 4 s, and so on up to 30 s, so that a service that cannot
/// run does not keep the machine busy; 1 s again once it has stayed up for a minute.
/// </summary>
internal sealed class RestartDelays(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Recovered = TimeSpan.FromSeconds(60);

    private long _started = time.GetTimestamp();
    private TimeSpan _next = First;

    /// <summary>To be called when the service is started.</summary>
    public void Started() => _started = time.GetTimestamp();

    /// <summary>To be called when the service has ended.</summary>
    /// <returns>How long to wait before it is started again.</returns>
    public TimeSpan Ended()
    {
        var delay = time.GetElapsedTime(_started) >= Recovered ? First : _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}

/// <summary>
/// Asks a service whether it is ready. On a bare socket: while six services start on two cores, an HTTP client and an exception for every
/// refused connection would take their time away from them.
/// </summary>
/// <param name="port">The port of the service.</param>
/// <param name="path">What to ask for.</param>
public sealed class ReadinessProbe(int port, string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private readonly IPEndPoint _address = new(IPAddress.Loopback, port);

    /// <summary>Asks once.</summary>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <returns>Whether it answers 200, within two seconds.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (!await ConnectAsync(socket))
        {
            return false;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await socket.SendAsync(_request, patience.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, patience.Token);
            return answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8);
        }
        catch (Exception exception) when (
            exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> ConnectAsync(Socket socket)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var connect = new SocketAsyncEventArgs { RemoteEndPoint = _address };
        connect.Completed += (_, _) => done.SetResult();
        if (socket.ConnectAsync(connect))
        {
            // On the loopback a connection is made or refused at once.
            await done.Task;
        }

        return connect.SocketError == SocketError.Success;
    }
}
