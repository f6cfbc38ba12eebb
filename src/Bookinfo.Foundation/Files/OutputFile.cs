namespace Bookinfo.Foundation;

/// <summary>
/// What is true of every file that a command is to write: asked before the work whose outcome goes into it, and again when it is written.
/// </summary>
public static class OutputFile
{
    /// <summary>
    /// Whether nothing is lost when something is written to a path: nothing is there, or an empty file, which is what <c>mktemp</c> makes,
    /// or a device or a pipe, which only passes data on.
    /// </summary>
    /// <param name="path">The path.</param>
    public static bool IsFree(string path) => !Directory.Exists(path)
        && (!OutputPath.IsKept(path) || new FileInfo(path) is not { Exists: true, Length: > 0 });

    /// <summary>
    /// Finds out why a file cannot be written, by trying: permissions, full or read-only file systems and names that are too long show in
    /// no other way. What is there stays as it is, and what was not there is not there afterwards. A pipe is not tried, because opening it
    /// means something to its reader.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <returns>The rest of a sentence, without a full stop; <see langword="null"/> if it can be written.</returns>
    public static string? FindProblem(string path)
    {
        if (Directory.Exists(path))
        {
            return "it is a directory";
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            return "its directory does not exist: create it, or name another";
        }

        try
        {
            if (OutputPath.IsKept(path))
            {
                // A link may lead to a file that is yet to be created.
                var target = OutputPath.Resolve(path) ?? path;
                var (mode, options) = File.Exists(target)
                    ? (FileMode.Open, FileOptions.None)
                    : (FileMode.CreateNew, FileOptions.DeleteOnClose);
                using var probe = new FileStream(target, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1, options);
            }

            return null;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return exception.Message.TrimEnd('.');
        }
    }

    /// <summary>Whether an exception is about a file that cannot be opened or written.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsRefusal(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
