namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// Reads a file that a setting names, while the service starts, and takes no longer than 10 s for it. A pipe that nobody writes to, or a
/// mount that hangs, would keep the service from starting with no message; and a device may never end.
/// </summary>
internal static class SettingFile
{
    /// <summary>How long reading a file may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What to throw when it has taken longer.</summary>
    public static IOException TooSlow() =>
        new($"it could not be read within {Patience.TotalSeconds} s: is it a pipe, or on a mount that hangs?");

    /// <summary>
    /// Runs something that reads a file, and waits for it 10 s at most. After that it goes on in the background. Its exceptions are passed
    /// on.
    /// </summary>
    /// <param name="read">What reads the file.</param>
    /// <typeparam name="T">The type of its result.</typeparam>
    /// <returns>Its result.</returns>
    /// <exception cref="IOException">It took longer.</exception>
    public static T InTime<T>(Func<T> read, TimeProvider time)
    {
        try
        {
            return Task.Run(read).WaitAsync(Patience, time).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>Reads a whole file, in 10 s at most.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <exception cref="IOException">It is not there, cannot be read, takes longer than 10 s, or has more bytes.</exception>
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
