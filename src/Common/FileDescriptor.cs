using System.Runtime.InteropServices;

namespace Bookinfo.Common;

/// <summary>
/// Writes to a file descriptor as the system call does, on Unix. The console's own stream takes a pipe that is closed at the other end for
/// one that takes everything; the stream of a file would keep a position of its own in a file that others write to as well, and leaves open
/// how much was written before it failed. Compiled into the services and into the tool, which have no library in common.
/// </summary>
internal static class FileDescriptor
{
    /// <summary>The descriptor of stdout.</summary>
    public const int Output = 1;

    /// <summary>The descriptor of stderr.</summary>
    public const int Error = 2;

    private const int Interrupted = 4; // EINTR
    private const short CanWrite = 4; // POLLOUT
    private const short HasError = 8; // POLLERR
    private const short HasHungUp = 16; // POLLHUP

    private const int GetFlags = 1; // F_GETFD
    private const int ClosedOnExec = 1; // FD_CLOEXEC
    private const int NotOpen = 9; // EBADF

    /// <summary>
    /// Which of the standard streams this process was started without. Their numbers then go to files of the runtime itself, which all are
    /// closed on exec, as no stream is that was inherited.
    /// </summary>
    private static readonly bool[] IsMissing =
        [.. Enumerable.Range(0, Error + 1).Select(static number => Fcntl(number, GetFlags) is < 0 or ClosedOnExec)];

    /// <summary>EAGAIN: the other end is slow, and another process has told the pipe that it must not wait.</summary>
    private static readonly int Later = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Writes everything, and waits as long as the other end is full.</summary>
    /// <param name="descriptor">What is written to.</param>
    /// <param name="bytes">What is written.</param>
    /// <param name="error">The error number of the call that failed; 0 when none did, or when nothing was taken.</param>
    /// <returns>How many bytes were taken before it failed, if it did.</returns>
    public static int Write(int descriptor, ReadOnlySpan<byte> bytes, out int error)
    {
        var taken = 0;
        if (IsLost(descriptor))
        {
            error = NotOpen;
            return 0;
        }

        while (taken < bytes.Length)
        {
            var written = Write(descriptor, in bytes[taken], bytes.Length - taken);
            if (written > 0)
            {
                taken += (int)written;
                continue;
            }

            error = written == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error == Later)
            {
                var wait = new PollDescriptor { Descriptor = descriptor, Events = CanWrite };
                _ = Poll(ref wait, 1, -1);
            }
            else if (error != Interrupted)
            {
                return taken;
            }
        }

        error = 0;
        return taken;
    }

    /// <summary>Whether it is the number of a standard stream that this process was started without.</summary>
    /// <param name="descriptor">What would be written to.</param>
    public static bool IsLost(int descriptor) => descriptor <= Error && IsMissing[descriptor];

    /// <summary>Whether whoever reads has left, as far as that can be told without writing anything.</summary>
    /// <param name="descriptor">What would be written to.</param>
    public static bool HasNoReader(int descriptor)
    {
        var state = new PollDescriptor { Descriptor = descriptor };
        return Poll(ref state, 1, 0) > 0 && (state.Returned & (HasError | HasHungUp)) != 0;
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, in byte bytes, nint count);

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Fcntl(int descriptor, int command);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
