using System.Runtime.InteropServices;
using Bookinfo.Common;

namespace Bookinfo.Cli.Terminal;

/// <summary>Writes to stdout or stderr, and says why it cannot when it cannot.</summary>
internal static class StandardStream
{
    private const int BrokenPipe = 32; // EPIPE

    /// <summary>Returns the function that writes to stdout or stderr.</summary>
    /// <param name="descriptor">Which: <see cref="FileDescriptor.Output"/> or <see cref="FileDescriptor.Error"/>.</param>
    public static Action<ReadOnlySpan<byte>> Open(int descriptor)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => Write(descriptor, bytes);
        }

#pragma warning disable RS0030 // The one place where the console is written to.
        var stream = descriptor == FileDescriptor.Output ? Console.OpenStandardOutput() : Console.OpenStandardError();
#pragma warning restore RS0030
        return stream.Write;
    }

    /// <summary>Whether a write failed because the reader has left, as <c>head</c> does when it has what it wants.</summary>
    /// <param name="failure">How it failed.</param>
    public static bool ReaderHasLeft(Exception failure) => !OperatingSystem.IsWindows() && failure.HResult == BrokenPipe;

    /// <summary>Checks whether the reader has left, without writing anything.</summary>
    /// <param name="descriptor">Which of them.</param>
    /// <returns>What writing would fail with; <see langword="null"/> when it would not, or when that cannot be told.</returns>
    public static IOException? FindReaderLeft(int descriptor) => !OperatingSystem.IsWindows() && FileDescriptor.HasNoReader(descriptor)
        ? new IOException(Marshal.GetPInvokeErrorMessage(BrokenPipe), BrokenPipe)
        : null;

    private static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (FileDescriptor.Write(descriptor, bytes, out var error) < bytes.Length)
        {
            throw new IOException(error == 0 ? "Nothing was taken" : Marshal.GetPInvokeErrorMessage(error), error);
        }
    }
}
