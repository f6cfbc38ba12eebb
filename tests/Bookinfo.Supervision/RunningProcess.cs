using System.Globalization;

namespace Bookinfo.Supervision;

/// <summary>A process that runs on this machine, as <c>/proc</c> tells. Ended ones that nobody has waited for do not count.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Parent">The number of its parent.</param>
/// <param name="Session">The number of its session, which is that of the process that began it.</param>
/// <param name="Ticks">The processor time that it has used, in hundredths of a second.</param>
/// <param name="Name">The name of its program, of 15 characters at most.</param>
public sealed record RunningProcess(int Pid, int Parent, int Session, long Ticks, string Name)
{
    /// <summary>What was run, with its arguments.</summary>
    public string Command => Read(Pid, "cmdline")?.Replace('\0', ' ').Trim() is { Length: > 0 } command ? command : Name;

    /// <summary>All that run, each with its parent.</summary>
    public static IReadOnlyList<RunningProcess> All()
    {
        var all = List();
        // A parent that has ended while the list was made leaves its children without a way to this process, which has them by now.
        for (var again = 0; again < 100 && HasGap(all); again++)
        {
            all = List();
        }

        return all;
    }

    /// <summary>
    /// Those that this process has started and those that they have, and so on. It has to adopt orphans for none to be missing.
    /// </summary>
    public static IReadOnlyList<RunningProcess> Descendants() => Descendants(Environment.ProcessId, All());

    /// <summary>Those below a process, with a way to it over living parents.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="all">All that run.</param>
    public static IReadOnlyList<RunningProcess> Descendants(int pid, IReadOnlyList<RunningProcess> all)
    {
        var children = all.ToLookup(process => process.Parent);
        var found = new List<RunningProcess>(children[pid]);
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i].Pid]);
        }

        return found;
    }

    /// <summary>Whether it was started with a setting in its environment.</summary>
    /// <param name="setting">The variable with its value.</param>
    public bool HasEnvironment(string setting) => Read(Pid, "environ")?.Split('\0').Contains(setting) == true;

    /// <summary>Ends it at once. It is not an error that it has ended already.</summary>
    public void Kill() => Kernel.Send(Pid);

    /// <inheritdoc/>
    public override string ToString() => $"{Pid} {Command}";

    private static List<RunningProcess> List()
    {
        var all = new List<RunningProcess>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid)
                && Read(pid, "stat") is { } stat
                // The name stands in parentheses and may hold some itself. Behind it: state, parent, group, session; user and system time
                // are the 12th and 13th.
                && stat.LastIndexOf(')') is var end
                && stat[(end + 2)..].Split(' ') is var fields
                && fields[0] is not ("Z" or "X"))
            {
                all.Add(new RunningProcess(pid, Number(fields[1]), Number(fields[3]), Number(fields[11]) + Number(fields[12]),
                    stat[(stat.IndexOf('(') + 1)..end]));
            }
        }

        return all;
    }

    private static bool HasGap(List<RunningProcess> all)
    {
        var pids = all.Select(process => process.Pid).ToHashSet();
        return all.Exists(process => process.Parent > 0 && !pids.Contains(process.Parent));
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    private static string? Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
