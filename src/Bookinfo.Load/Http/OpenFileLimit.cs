using System.Globalization;
using System.Runtime.InteropServices;

namespace Bookinfo.Load;

/// <summary>
/// The limit of open files of this process, of which each connection is one. Beyond it not only connections fail: the runtime cannot open
/// what it needs either, and ends the process.
/// </summary>
public static class OpenFileLimit
{
    /// <summary>What the program opens besides connections, in the course of a run.</summary>
    private const int Reserve = 64;

    /// <summary>
    /// By how much what the program has open differs from one start to the next, so that what it advises holds at the next one too.
    /// </summary>
    private const int Spread = 8;

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
        if (limit.Current >= (nuint)(own + connections))
        {
            return null;
        }

        var fitting = (long)limit.Current - own - Spread;
        FormattableString problem = $"{connections} connections do not fit into the limit of {limit.Current} open files, ";
        FormattableString taken = $"of which the program needs {own} for itself: ";
        FormattableString fewer = $"take at most {fitting} connections, or ";
        FormattableString more = $"raise the limit with 'ulimit -n {own + connections + Spread}'";
        return string.Concat(((FormattableString?[])[problem, taken, fitting > 0 ? fewer : null, more])
            .Select(part => part?.ToString(CultureInfo.InvariantCulture)));
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
