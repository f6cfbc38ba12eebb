namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// Reads a file that a setting names, while the service starts. A pipe that nobody writes to, or a mount that hangs, would keep the service
/// from starting without a word, and a device may have no end.
/// </summary>
internal static class SettingFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits 10 s for what reads a file.</summary>
    /// <param name="read">What reads it.</param>
    /// <param name="time">Waits.</param>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <returns>What came of it.</returns>
    /// <exception cref="IOException">It did not end in time.</exception>
    public static T InTime<T>(Func<T> read, TimeProvider time)
    {
        try
        {
            return Task.Run(read).WaitAsync(Patience, time).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw new IOException($"it could not be read within {Patience.TotalSeconds} s: is it a pipe, or on a mount that hangs?");
        }
    }

    /// <summary>Reads a whole file, in 10 s at most.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <param name="time">Waits.</param>
    /// <exception cref="IOException">It cannot be read in time, or is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int most, TimeProvider time) => InTime(() => Read(path, most), time);

    private static byte[] Read(string path, int most)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[most + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= most ? bytes[..length] : throw new IOException($"it has more than {most} bytes");
    }
}
