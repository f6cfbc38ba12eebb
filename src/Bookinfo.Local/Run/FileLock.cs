namespace Bookinfo.Local;

/// <summary>A file that one process has at a time: when that ends, in whatever way, it is free again.</summary>
internal static class FileLock
{
    /// <summary>
    /// How .NET reports a lock that somebody has: EAGAIN of Linux, that of macOS, and ERROR_SHARING_VIOLATION of Windows.
    /// </summary>
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes it, if it is free.</summary>
    /// <param name="path">The file; it is made when it is not there.</param>
    /// <returns>What holds it until it is disposed; <see langword="null"/> when another process has it.</returns>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>Waits until it is free, and takes it.</summary>
    /// <param name="path">The file; it is made when it is not there.</param>
    /// <param name="time">Waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What holds it until it is disposed.</returns>
    public static async Task<FileStream> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
