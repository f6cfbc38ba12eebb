using Bookinfo.Contracts;
using Bookinfo.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>Ports of this machine that <c>bookinfo up</c> takes.</summary>
/// <param name="wanted">The ports, each with the project of the service that is to listen there.</param>
internal sealed class LocalPortsCheck(IReadOnlyList<(int Port, string Project)> wanted) : ICheck
{
    /// <summary>The ports that it takes when no others are asked for.</summary>
    public static IReadOnlyList<(int Port, string Project)> Default { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions.Select(version => (version.LocalPort, service.Project)))];

    /// <inheritdoc/>
    public string Name => "local ports";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Judge([.. wanted
        .Where(one => !PortCheck.IsFree(one.Port))
        .Select(one => (one.Port, one.Project, PortOwner.Find(one.Port)))]));

    /// <summary>Judges which ports are taken, and by whom.</summary>
    /// <param name="taken">
    /// The ports that are taken, for which project each is wanted, and who has it; <see langword="null"/> when that cannot be found out.
    /// </param>
    public CheckResult Judge(IReadOnlyList<(int Port, string Project, PortOwner? Owner)> taken)
    {
        if (taken.Count == 0)
        {
            return CheckResult.Ok($"{string.Join(", ", wanted.Select(one => one.Port).Order())} are free");
        }

        var list = string.Join("; ", taken.Select(one =>
            $"{one.Port} is taken by {(one.Owner is { } owner ? $"{owner.Name} (pid {owner.Pid})" : "another process")}"));
        return taken.All(one => one.Owner?.Name == one.Project)
            ? CheckResult.Ok($"'bookinfo up' runs: {list}")
            : CheckResult.Warning(
                list, "Stop what has them, or choose other ports:", $"./bookinfo up --port {FreePort(8080)} --backend-port "
                    + $"{FreePort(9181, LocalPlan.BackendPorts)}");
    }

    /// <summary>The first port from a number on that begins a row of free ones.</summary>
    private static int FreePort(int from, int count = 1) =>
        Enumerable.Range(from, 1000).FirstOrDefault(first => Enumerable.Range(first, count).All(PortCheck.IsFree), from);
}
