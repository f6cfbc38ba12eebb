using System.Runtime.InteropServices;

namespace Bookinfo.Cli.Local;

/// <summary>
/// Turns the signals that end a program (Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed) into cancellation. The first asks to
/// stop in order; a second Ctrl-C or SIGTERM wants it at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly IDisposable[] _registrations;

    /// <summary>Begins to listen.</summary>
    /// <param name="alsoStop">What else asks to stop in order.</param>
    public StopSignals(CancellationToken alsoStop = default) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Receive),
        alsoStop.UnsafeRegister(static signals => ((StopSignals)signals!)._stop.Cancel(), this),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by a second Ctrl-C or SIGTERM.</summary>
    public CancellationToken Kill => _kill.Token;

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
        context.Cancel = true;
        // A terminal that is closed sends SIGHUP more than once: its shell does, and the system when the shell has ended. Nobody is impatient then.
        var again = _stop.IsCancellationRequested && context.Signal != PosixSignal.SIGHUP;
        (again ? _kill : _stop).Cancel();
    }
}
