namespace Bookinfo.Foundation;

/// <summary>
/// A lock that is a file. Whoever has it open has the lock; when the process ends in whatever way, the lock is free again.
/// </summary>
public static class FileLock
{
    /// <summary>
    /// How .NET reports a lock that somebody has: EAGAIN of Linux, that of macOS, and ERROR_SHARING_VIOLATION of Windows.
    /// </summary>
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>How often a lock that another process has is tried again.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes a lock. The file is made if it does not exist, and stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">Reading is enough; whoever cannot write to the file, because it is another user's, can still lock it.</param>
    /// <returns>What frees the lock when it is disposed; <see langword="null"/> when another process has the lock.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not open the file.</exception>
    public static FileStream? TryTake(string path, FileAccess access = FileAccess.ReadWrite)
    {
        try
        {
            // In a directory that everybody can write to, Linux refuses to "create" a file that is there and belongs to somebody else.
            var mode = File.Exists(path) ? FileMode.Open : FileMode.OpenOrCreate;
            return new FileStream(path, mode, access, FileShare.None);
        }
        catch (IOException exception) when (Held.Contains(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>Waits until a lock is free, and takes it. The file is made if it does not exist, and stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">Waits between two tries to take it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What frees the lock when it is disposed.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not open the file.</exception>
    public static async Task<FileStream> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        FileStream? taken;
        while ((taken = TryTake(path)) is null)
        {
            await Task.Delay(Interval, time, cancellationToken);
        }

        return taken;
    }
}
