using System.Runtime.InteropServices;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// Writes to stdout as the system call does, and says how much of it was taken. The console's own stream takes a pipe that is closed at
/// the other end for one that takes everything, so that lines would be lost without being counted; the stream of a file would keep a
/// position of its own in a file that others write to as well, and leaves open how much was written before it failed.
/// </summary>
internal static class StandardOutput
{
    /// <summary>The descriptor of stdout.</summary>
    public const int Descriptor = 1;

    private const int Interrupted = 4; // EINTR
    private const short CanWrite = 4; // POLLOUT

    /// <summary>EAGAIN: the other end is slow, and another process has told the pipe that it must not wait.</summary>
    private static readonly int Later = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>How to write to it: waits as long as it is full, and returns how many bytes it took before it failed, if it did.</summary>
    /// <param name="descriptor">What is written to.</param>
    public static Func<ReadOnlySpan<byte>, int> Open(int descriptor = Descriptor)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => Write(descriptor, bytes);
        }

        var stream = Console.OpenStandardOutput();
        return bytes =>
        {
            try
            {
                stream.Write(bytes);
                return bytes.Length;
            }
            catch (IOException)
            {
                return 0;
            }
        };
    }

    private static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            var written = Write(descriptor, in bytes[taken], bytes.Length - taken);
            if (written > 0)
            {
                taken += (int)written;
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
                break;
            }
        }

        return taken;
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
