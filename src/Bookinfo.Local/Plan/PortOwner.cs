using System.Globalization;

namespace Bookinfo.Local;

/// <summary>The process that listens on a port.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Name">Its name; for an assembly that the <c>dotnet</c> command runs, the name of the assembly.</param>
public sealed record PortOwner(int Pid, string Name)
{
    private const string Listening = "0A";
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Finds the owner of a port.</summary>
    /// <param name="port">The port.</param>
    /// <returns>The owner, or <see langword="null"/> where it cannot be found out: no Linux, or a process of another user.</returns>
    public static PortOwner? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var sockets = ListeningSockets(port);
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
                .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && HasAny(pid, sockets))
                .Select(pid => new PortOwner(pid, NameOf(pid)))
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
            var sockets = ListeningSockets(port);
            if (HasAny(pid, sockets))
            {
                return true;
            }

            var owners = Directory.EnumerateDirectories("/proc")
                .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var other) ? other : 0)
                .Where(other => other > 0 && HasAny(other, sockets))
                .ToList();
            return owners.Count == 0 || owners.Exists(owner => IsBelow(owner, pid));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
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
            // The name of the program, which may hold anything, is in parentheses; then come the state and the parent.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static HashSet<string> ListeningSockets(int port)
    {
        var suffix = ':' + port.ToString("X4", CultureInfo.InvariantCulture);
        // Fields: number, local address, remote address, state, queues, timers, retransmits, user, timeout, inode.
        return SocketTables.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]")
            .ToHashSet();
    }

    private static bool HasAny(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{pid}/fd").Any(
                file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended in the meantime, or somebody else's.
            return false;
        }
    }

    private static string NameOf(int pid)
    {
        var command = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return command switch
        {
            [] => "a process",
            [var host, var assembly, ..] when Path.GetFileName(host) == "dotnet" && assembly.EndsWith(".dll", StringComparison.Ordinal) =>
                Path.GetFileNameWithoutExtension(assembly),
            [var program, ..] => Path.GetFileName(program),
        };
    }
}
