using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>A file with a report.</summary>
public static class ReportFile
{
    /// <summary>Whether an exception is about a file that cannot be opened or written.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>
    /// Writes it, beside where it is to be, and puts it there when it is whole: part of a report looks like all of one, and a file that is
    /// replaced is lost only when there is another. A device or a pipe is written to as it is.
    /// </summary>
    /// <param name="path">Its path.</param>
    /// <param name="overwrite">Whether one that exists may be replaced.</param>
    /// <param name="text">What goes into it.</param>
    /// <returns>Why it could not be written to its end; <see langword="null"/> when it was.</returns>
    /// <exception cref="Exception">It cannot be opened: see <see cref="IsRefusal"/>.</exception>
    public static async Task<string?> WriteAsync(string path, bool overwrite, string text)
    {
        // What is replaced is the file that a link leads to, not the link.
        var target = overwrite ? OutputPath.Resolve(path) ?? path : path;
        var beside = $"{target}.{Path.GetRandomFileName()}.tmp";
        if (!OutputPath.IsKept(path) || TryCreate(beside) is not { } file)
        {
            return await WriteAsync(new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write), text);
        }

        try
        {
            if (await WriteAsync(file, text) is { } failure)
            {
                return failure;
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target))
            {
                File.SetUnixFileMode(beside, File.GetUnixFileMode(target));
            }

            File.Move(beside, target, overwrite);
            return null;
        }
        finally
        {
            Remove(beside);
        }
    }

    private static async Task<string?> WriteAsync(FileStream file, string text)
    {
        try
        {
            await using (file)
            {
                await using var writer = new StreamWriter(file, leaveOpen: true);
                await writer.WriteAsync(text);
                await writer.FlushAsync();
                file.Flush(flushToDisk: true);
            }

            return null;
        }
        catch (Exception exception) when (FileFailure.Is(exception))
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// Makes a file, where that is possible: in a directory that takes no further files, one that is there may be writable.
    /// </summary>
    private static FileStream? TryCreate(string path)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException or PathTooLongException)
        {
            return null;
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            // That the report could not be written is said anyway.
        }
    }
}
