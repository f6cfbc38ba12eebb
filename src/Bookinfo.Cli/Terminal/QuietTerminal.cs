using System.Runtime.InteropServices;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Keeps what is typed from showing on the terminal while lines are redrawn in place there: it would stand in the middle of them, and shift
/// them. What was typed meanwhile is thrown away, because nobody saw it. When the process is stopped (Ctrl-Z), the terminal is given back
/// for that time.
/// </summary>
internal sealed class QuietTerminal : IDisposable
{
    private const int Echo = 0x8; // ECHO, on Linux as on macOS
    private const int AtOnce = 0; // TCSANOW
    private const int Input = 0; // TCIFLUSH of Linux
    private const int InputOfMac = 1;
    private const int Stop = 19; // SIGSTOP of Linux
    private const int StopOfMac = 17;

    /// <summary>Larger than the structure (struct termios) is on any system.</summary>
    private const int AttributesLength = 256;

    private static readonly Lock Gate = new();

    /// <summary>How the terminal was; <see langword="null"/> as long as it is left as it was.</summary>
    private static byte[]? _before;
    private static int _descriptor;
    private static int _users;

    private readonly PosixSignalRegistration[] _registrations;

    private QuietTerminal(PosixSignalRegistration[] registrations) => _registrations = registrations;

    /// <summary>Where the flags with <see cref="Echo"/> are in the structure: behind three others of the same size.</summary>
    private static int FlagsAt => OperatingSystem.IsMacOS() ? 3 * sizeof(ulong) : 3 * sizeof(uint);

    /// <summary>Makes the terminal quiet, if there is one, until this is disposed.</summary>
    /// <param name="stopping">Is called before the process is stopped: others will write to the terminal.</param>
    /// <param name="continued">Is called when the process goes on.</param>
    public static QuietTerminal Begin(Action stopping, Action continued)
    {
        if (OperatingSystem.IsWindows())
        {
            return new QuietTerminal([]);
        }

        lock (Gate)
        {
            _users++;
            TurnOff();
        }

        return new QuietTerminal(
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
            {
                context.Cancel = true;
                StopProcess(stopping);
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
            {
                Renew();
                continued();
            }),
        ]);
    }

    /// <summary>
    /// Makes the terminal quiet again after the process was stopped. Also for whoever is about to write to it: that may be before the
    /// signal to go on has been handled.
    /// </summary>
    public static void Renew()
    {
        if (!OperatingSystem.IsWindows())
        {
            lock (Gate)
            {
                TurnOff();
            }
        }
    }

    /// <summary>Makes the terminal as it was before. Also for use when the process is about to end without cleaning up.</summary>
    public static void GiveBack()
    {
        lock (Gate)
        {
            // In the background the terminal is somebody else's, and whoever changes it is stopped.
            if (_before is { } before && IsInForeground(_descriptor))
            {
                // One after the other: what does both at once (TCSAFLUSH) waits for a terminal that is held up by Ctrl-S.
                _ = SetAttributes(_descriptor, AtOnce, before);
                _ = Discard(_descriptor, OperatingSystem.IsMacOS() ? InputOfMac : Input);
            }

            _before = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        lock (Gate)
        {
            if (_registrations.Length > 0 && --_users == 0)
            {
                GiveBack();
            }
        }
    }

    private static void TurnOff()
    {
        // Standard input first: it is what is typed that matters.
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            var attributes = new byte[AttributesLength];
            if (GetAttributes(descriptor, attributes) != 0)
            {
                continue;
            }

            var flags = BitConverter.ToUInt32(attributes, FlagsAt);
            if (_users > 0 && (flags & Echo) != 0 && IsInForeground(descriptor))
            {
                (_before, _descriptor) = ([.. attributes], descriptor);
                _ = BitConverter.TryWriteBytes(attributes.AsSpan(FlagsAt), flags & ~(uint)Echo);
                _ = SetAttributes(descriptor, AtOnce, attributes);
            }

            return;
        }
    }

    /// <summary>Does what Ctrl-Z does, unless there is no shell that could let the process go on afterwards.</summary>
    private static void StopProcess(Action stopping)
    {
        if (GetSession(0) == GetGroup())
        {
            return;
        }

        stopping();
        ToolOutput.GiveBackTerminal();
        _ = Signal(Environment.ProcessId, OperatingSystem.IsMacOS() ? StopOfMac : Stop);
    }

    private static bool IsInForeground(int descriptor) => GetForegroundGroup(descriptor) == GetGroup();

    [DllImport("libc", EntryPoint = "tcgetattr")]
    private static extern int GetAttributes(int descriptor, [Out] byte[] attributes);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    private static extern int SetAttributes(int descriptor, int when, [In] byte[] attributes);

    [DllImport("libc", EntryPoint = "tcflush")]
    private static extern int Discard(int descriptor, int what);

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    private static extern int GetForegroundGroup(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp")]
    private static extern int GetGroup();

    [DllImport("libc", EntryPoint = "getsid")]
    private static extern int GetSession(int process);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int signal);
}
