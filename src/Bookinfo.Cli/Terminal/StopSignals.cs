using System.Runtime.InteropServices;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Turns the signals that end a program (Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed) into cancellation. The first asks for an
/// orderly stop; a second Ctrl-C or SIGTERM asks to stop at once; a third ends the process, even if something hangs.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>
    /// A SIGTERM this soon after the first signal does not count: no program is so impatient, and <c>timeout</c> sends SIGTERM twice at
    /// once, to its child and to the group that includes this process.
    /// </summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The same for SIGINT, which a person may well send twice in a second: wrappers such as <c>timeout -s INT</c> and <c>npm run</c> pass
    /// on what the terminal has sent to this process as well.
    /// </summary>
    private static readonly TimeSpan SameKeyPress = TimeSpan.FromMilliseconds(100);

    private const int Interrupt = 2; // SIGINT
    private const nint DefaultAction = 0; // SIG_DFL
    private const nint Ignored = 1; // SIG_IGN

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly IDisposable[] _registrations;
    private long _toldAt;

    /// <summary>Begins to listen.</summary>
    /// <param name="alsoStop">What else asks for an orderly stop.</param>
    public StopSignals(CancellationToken alsoStop = default)
    {
        ObeyInterrupt();
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Receive),
            // Ctrl-\ ends it at once, as everywhere.
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, static _ => ToolOutput.GiveBackTerminal()),
            alsoStop.UnsafeRegister(static signals => ((StopSignals)signals!)._stop.Cancel(), this),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by a second Ctrl-C or SIGTERM.</summary>
    public CancellationToken Kill => _kill.Token;

    /// <summary>
    /// Ends the wait for something that takes no output, such as a pipe whose reader sleeps or a terminal that is held up. The next Ctrl-C
    /// cancels it: the first one, or the second if the first has already ended the run.
    /// </summary>
    public CancellationToken GiveUp => Stop.IsCancellationRequested ? Kill : Stop;

    /// <summary>Whether a signal after the first asks to stop at once.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="since">The time since the first.</param>
    public static bool IsImpatient(PosixSignal signal, TimeSpan since) => signal switch
    {
        // A closing terminal causes it more than once: its shell sends it, and so does the system when the shell has ended.
        PosixSignal.SIGHUP => false,
        PosixSignal.SIGTERM => since > SameMoment,
        PosixSignal.SIGINT => since > SameKeyPress,
        _ => true,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
        _kill.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = !_kill.IsCancellationRequested || context.Signal == PosixSignal.SIGHUP;
        if (!context.Cancel)
        {
            ToolOutput.GiveBackTerminal();
        }

        var now = TimeProvider.System.GetTimestamp();
        var toldAt = Interlocked.CompareExchange(ref _toldAt, now, 0);
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
        }
        else if (IsImpatient(context.Signal, toldAt == 0 ? TimeSpan.MaxValue : TimeProvider.System.GetElapsedTime(toldAt, now)))
        {
            _kill.Cancel();
        }
    }

    /// <summary>
    /// Takes SIGINT also where it is ignored: what a script starts with an &amp; ignores SIGINT, and .NET leaves that as it is. Neither
    /// <c>kill -INT</c> nor Ctrl-C, which ends the script, would then end the command.
    /// </summary>
    private static void ObeyInterrupt()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Larger than the structure is on any system; what is to be done stands first in it.
        var action = new nint[64];
        if (ReadAction(Interrupt, 0, action) == 0 && action[0] == Ignored)
        {
            _ = SetAction(Interrupt, DefaultAction);
        }
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    private static extern int ReadAction(int signal, nint newAction, [Out] nint[] action);

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetAction(int signal, nint action);
}
