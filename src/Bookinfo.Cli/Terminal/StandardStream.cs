using System.Runtime.InteropServices;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Writes to stdout or stderr as the system call does. The console's own stream takes a pipe whose reader has left for one that takes
/// everything; the stream of a file would keep a position of its own in a file that others write to as well.
/// </summary>
internal static class StandardStream
{
    /// <summary>The descriptor of stdout.</summary>
    public const int Output = 1;

    /// <summary>The descriptor of stderr.</summary>
    public const int Error = 2;

    private const int Interrupted = 4; // EINTR
    private const int BrokenPipe = 32; // EPIPE
    private const short CanWrite = 4; // POLLOUT
    private const short HasError = 8; // POLLERR
    private const short HasHungUp = 16; // POLLHUP

    /// <summary>EAGAIN: the other end is slow, and another process has told the pipe that it must not wait.</summary>
    private static readonly int Later = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>How to write to one.</summary>
    /// <param name="descriptor">Which.</param>
    public static Action<ReadOnlySpan<byte>> Open(int descriptor)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => Write(descriptor, bytes);
        }

#pragma warning disable RS0030 // The one place where the console is written to.
        var stream = descriptor == Output ? Console.OpenStandardOutput() : Console.OpenStandardError();
#pragma warning restore RS0030
        return stream.Write;
    }

    /// <summary>Whether a write failed because whoever read has left, as <c>head</c> does when it has what it wants.</summary>
    /// <param name="failure">How it failed.</param>
    public static bool ReaderHasLeft(Exception failure) => !OperatingSystem.IsWindows() && failure.HResult == BrokenPipe;

    /// <summary>Looks whether whoever read it has left, without writing anything.</summary>
    /// <param name="descriptor">Which of them.</param>
    /// <returns>What writing would fail with; <see langword="null"/> when it would not, or nobody knows.</returns>
    public static IOException? FindReaderLeft(int descriptor)
    {
        var state = new PollDescriptor { Descriptor = descriptor };
        return !OperatingSystem.IsWindows() && Poll(ref state, 1, 0) > 0 && (state.Returned & (HasError | HasHungUp)) != 0
            ? new IOException(Marshal.GetPInvokeErrorMessage(BrokenPipe), BrokenPipe)
            : null;
    }

    private static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Write(descriptor, in MemoryMarshal.GetReference(bytes), bytes.Length);
            if (written > 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (written < 0 && error == Later)
            {
                var wait = new PollDescriptor { Descriptor = descriptor, Events = CanWrite };
                _ = Poll(ref wait, 1, -1);
            }
            else if (written == 0 || error != Interrupted)
            {
                throw new IOException(written == 0 ? "Nothing was taken" : Marshal.GetPInvokeErrorMessage(error), written == 0 ? 0 : error);
            }
        }
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(int descriptor, in byte bytes, nint count);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
