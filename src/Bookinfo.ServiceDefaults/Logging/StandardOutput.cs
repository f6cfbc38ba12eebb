using Bookinfo.Common;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>Writes to stdout, and says how much of it was taken, so that lines that are lost are counted.</summary>
internal static class StandardOutput
{
    /// <summary>The descriptor of stdout.</summary>
    public const int Descriptor = FileDescriptor.Output;

    /// <summary>How to write to it: waits as long as it is full, and returns how many bytes it took before it failed, if it did.</summary>
    /// <param name="descriptor">What is written to.</param>
    public static Func<ReadOnlySpan<byte>, int> Open(int descriptor = Descriptor)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => FileDescriptor.Write(descriptor, bytes, out _);
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
}
