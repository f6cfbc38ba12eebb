using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>A file with a report.</summary>
public static class ReportFile
{
    private const int ReadOnlyFileSystem = 30; // EROFS

    /// <summary>
    /// Writes the report to a temporary file in the same directory, and renames that when it is complete: an incomplete report could be
    /// taken for a complete one, and the old file stays until the new one is there. What cannot be replaced, or would get another owner,
    /// is written in place: a device, a pipe, a mount point, a file of another owner.
    /// </summary>
    /// <param name="path">Its path.</param>
    /// <param name="overwrite">Whether one that exists may be replaced even if it is not <see cref="OutputFile.IsFree"/>.</param>
    /// <param name="text">What goes into it.</param>
    /// <param name="giveUp">Ends the wait for a reader, if the file is a pipe.</param>
    /// <returns>Why it could not be opened or written completely; <see langword="null"/> if it was.</returns>
    public static async Task<string?> WriteAsync(string path, bool overwrite, string text, CancellationToken giveUp)
    {
        try
        {
            return OutputPath.IsKept(path)
                ? await TryWriteAsync(path, overwrite, text)
                : await Task.Run(() => TryWriteAsync(path, overwrite, text), CancellationToken.None).WaitAsync(giveUp);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return FileFailure.NotTaken;
        }
        catch (Exception exception) when (OutputFile.IsRefusal(exception))
        {
            return exception.Message;
        }
    }

    private static async Task<string?> TryWriteAsync(string path, bool overwrite, string text)
    {
        overwrite |= Path.Exists(path) && OutputFile.IsFree(path);
        // What is replaced is the file that a link leads to, not the link.
        var target = overwrite ? OutputPath.Resolve(path) ?? path : path;
        var beside = $"{target}.{Path.GetRandomFileName()}.tmp";
        if (OutputPath.IsKept(path) && TryCreate(beside) is { } file)
        {
            try
            {
                if (await WriteAsync(file, text) is { } failure)
                {
                    return failure;
                }

                if (TryMove(beside, target, overwrite))
                {
                    return null;
                }
            }
            finally
            {
                Remove(beside);
            }
        }

        return await WriteAsync(new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write), text);
    }

    /// <summary>Puts a file that is whole where it is to be, unless there is one already that has to stay the file that it is.</summary>
    private static bool TryMove(string whole, string target, bool overwrite)
    {
        if (overwrite && File.Exists(target))
        {
            if (!OutputPath.HaveSameOwner(whole, target))
            {
                return false;
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(whole, File.GetUnixFileMode(target));
            }
        }

        try
        {
            File.Move(whole, target, overwrite);
            return true;
        }
        catch (Exception exception) when (overwrite && exception is IOException or UnauthorizedAccessException)
        {
            // A mount point, or a file of somebody else's in a directory such as /tmp. It may still be writable in place.
            return false;
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
    /// Creates a file; <see langword="null"/> if the directory or file system takes no new ones, where one that is there may still be
    /// writable.
    /// </summary>
    private static FileStream? TryCreate(string path)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or DirectoryNotFoundException or PathTooLongException
            or IOException { HResult: ReadOnlyFileSystem })
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
        catch (Exception exception) when (OutputFile.IsRefusal(exception))
        {
            // That the report could not be written is said anyway.
        }
    }
}
