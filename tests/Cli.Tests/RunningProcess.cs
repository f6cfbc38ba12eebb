using System.Globalization;

namespace Bookinfo.Cli.Tests;

/// <summary>A process that runs on this machine, as <c>/proc</c> tells. Ended ones that nobody has waited for do not count.</summary>
internal sealed record RunningProcess(int Pid, string Name)
{
    public static IEnumerable<RunningProcess> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid)
                && Read(pid, "stat") is { } stat
                && stat[(stat.LastIndexOf(')') + 2)..] is var rest
                && rest[0] is not ('Z' or 'X'))
            {
                yield return new RunningProcess(pid, stat[..(stat.LastIndexOf(')') + 1)]);
            }
        }
    }

    public bool HasEnvironment(string setting) => Read(Pid, "environ")?.Split('\0').Contains(setting) == true;

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
