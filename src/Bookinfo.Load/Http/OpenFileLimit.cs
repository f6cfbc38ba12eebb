using System.Globalization;
using System.Runtime.InteropServices;

namespace Bookinfo.Load;

/// <summary>
/// The limit of open files of this process, of which each connection is one. Beyond it not only connections fail: the runtime cannot open what it needs either, and
/// ends the process.
/// </summary>
public static class OpenFileLimit
{
    /// <summary>What the program opens besides connections, in the course of a run.</summary>
    private const int Reserve = 64;

    private static readonly int FilesResource = OperatingSystem.IsMacOS() ? 8 : 7;

    /// <summary>Looks whether connections fit into it.</summary>
    /// <param name="connections">How many there are to be.</param>
    /// <returns>What is wrong and what to do, in a line without its end; <see langword="null"/> when they do.</returns>
    public static string? FindProblem(int connections)
    {
        // The runtime has raised the limit to its ceiling by now.
        if (OperatingSystem.IsWindows() || GetLimit(FilesResource, out var limit) != 0)
        {
            return null;
        }

        var own = CountOpen() + Reserve;
        return limit.Current >= (nuint)(own + connections) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{connections} connections do not fit into the limit of {limit.Current} open files, of which the program needs {own} for itself: take at most {Math.Max(0, (long)limit.Current - own)} connections, or raise the limit with 'ulimit -n {own + connections}'");
    }

    private static int CountOpen()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries("/dev/fd").Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Reserve;
        }
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetLimit(int resource, out Limits limits);

    private struct Limits
    {
        public nuint Current;
        public nuint Highest;
    }
}
