using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>A file with a report.</summary>
public static class ReportFile
{
    /// <summary>Whether an exception is about a file that cannot be opened or written.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>Writes it. What a full disk has taken of it is removed again: part of a report looks like all of one.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="overwrite">Whether one that exists may be replaced.</param>
    /// <param name="text">What goes into it.</param>
    /// <returns>Why it could not be written to its end; <see langword="null"/> when it was.</returns>
    /// <exception cref="Exception">It cannot be opened: see <see cref="IsRefusal"/>.</exception>
    public static async Task<string?> WriteAsync(string path, bool overwrite, string text)
    {
        var file = new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
        try
        {
            await using (file)
            {
                await using var writer = new StreamWriter(file);
                await writer.WriteAsync(text);
            }

            return null;
        }
        catch (Exception exception) when (FileFailure.Is(exception))
        {
            Remove(path);
            return exception.Message;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            // Only what was made here: a link is not, and a device or a pipe, which has no length, is not either.
            if (new FileInfo(path) is { LinkTarget: null, Length: > 0 })
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // That it could not be written is said anyway.
        }
    }
}
