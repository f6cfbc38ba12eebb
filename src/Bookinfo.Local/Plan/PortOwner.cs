using System.Globalization;

namespace Bookinfo.Local;

/// <summary>The process that listens on a port.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its name; for an assembly that the <c>dotnet</c> command runs, the name of the assembly.</param>
public sealed record PortOwner(int Pid, string Name)
{
    private const string Listening = "0A";

    /// <summary>Finds the owner of a port.</summary>
    /// <param name="port">The port.</param>
    /// <returns>The owner, or <see langword="null"/> where it cannot be found out: no Linux, or a process of another user.</returns>
    public static PortOwner? Find(int port) => OperatingSystem.IsLinux() ? Find(port, "/proc") : null;

    /// <summary>Finds the owner of a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="proc">Where the file system with the processes is mounted.</param>
    internal static PortOwner? Find(int port, string proc)
    {
        try
        {
            // A process that forks hands its sockets on: nginx to its workers, and anything to the copy of itself that is about to become
            // another program. The one to stop is the oldest.
            return Holders(port, proc).OrderBy(pid => StartOf(pid, proc)).Select(pid => new PortOwner(pid, NameOf(pid, proc)))
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process, or one that it has started, is among those that listen on a port.</summary>
    /// <param name="pid">Its process id.</param>
    /// <param name="port">The port.</param>
    /// <returns><see langword="true"/> as well where that cannot be found out.</returns>
    public static bool IsOrMayBe(int pid, int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            var holders = Holders(port, "/proc");
            return holders.Count == 0 || holders.Exists(holder => IsBelow(holder, pid));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static List<int> Holders(int port, string proc)
    {
        var sockets = ListeningSockets(port, proc);
        return sockets.Count == 0 ? [] : [.. Directory.EnumerateDirectories(proc)
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && HasAny(pid, sockets, proc))];
    }

    private static bool IsBelow(int pid, int ancestor)
    {
        for (var parent = pid; parent > 1; parent = ParentOf(parent))
        {
            if (parent == ancestor)
            {
                return true;
            }
        }

        return false;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            return int.Parse(Stat(pid, "/proc")[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>When a process was started, in clock ticks since the system was; the longest time for one that has ended.</summary>
    private static long StartOf(int pid, string proc)
    {
        try
        {
            return long.Parse(Stat(pid, proc)[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return long.MaxValue;
        }
    }

    /// <summary>The fields of a process from its state on: state, parent, ... The name of the program before may hold anything.</summary>
    private static string[] Stat(int pid, string proc)
    {
        var stat = File.ReadAllText($"{proc}/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static HashSet<string> ListeningSockets(int port, string proc)
    {
        var suffix = ':' + port.ToString("X4", CultureInfo.InvariantCulture);
        // Fields: number, local address, remote address, state, queues, timers, retransmits, user, timeout, inode.
        return new[] { $"{proc}/net/tcp", $"{proc}/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]")
            .ToHashSet();
    }

    private static bool HasAny(int pid, HashSet<string> sockets, string proc)
    {
        try
        {
            return Directory.EnumerateFiles($"{proc}/{pid}/fd").Any(
                file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended in the meantime, or somebody else's.
            return false;
        }
    }

    private static string NameOf(int pid, string proc)
    {
        var command = File.ReadAllText($"{proc}/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return command switch
        {
            [] => "a process",
            [var host, var assembly, ..] when Path.GetFileName(host) == "dotnet" && assembly.EndsWith(".dll", StringComparison.Ordinal) =>
                Path.GetFileNameWithoutExtension(assembly),
            [var program, ..] => Path.GetFileName(program),
        };
    }
}
