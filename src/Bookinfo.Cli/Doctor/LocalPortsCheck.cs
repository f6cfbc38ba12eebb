using Bookinfo.Cli.Local;
using Bookinfo.Contracts;

namespace Bookinfo.Cli.Doctor;

/// <summary>The ports that <c>bookinfo up</c> takes when no others are asked for.</summary>
internal sealed class LocalPortsCheck : ICheck
{
    private static IEnumerable<(ServiceVersion Version, string Project)> Wanted =>
        ServiceCatalog.All.SelectMany(service => service.Versions.Select(version => (version, service.Project)));

    /// <inheritdoc/>
    public string Name => "local ports";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Judge([.. Wanted
        .Where(one => !PortCheck.IsFree(one.Version.LocalPort))
        .Select(one => (one.Version, one.Project, PortOwner.Find(one.Version.LocalPort)))]));

    /// <summary>Judges.</summary>
    /// <param name="taken">The ports that are taken, of what they are wanted for, and who has each; <see langword="null"/> when that cannot be found out.</param>
    public static CheckResult Judge(IReadOnlyList<(ServiceVersion For, string Project, PortOwner? Owner)> taken)
    {
        if (taken.Count == 0)
        {
            return CheckResult.Ok($"{string.Join(", ", Wanted.Select(one => one.Version.LocalPort).Order())} are free");
        }

        var list = string.Join("; ", taken.Select(one =>
            $"{one.For.LocalPort} is taken by {(one.Owner is { } owner ? $"{owner.Name} (pid {owner.Pid})" : "another process")}"));
        return taken.All(one => one.Owner?.Name == one.Project)
            ? CheckResult.Ok($"'bookinfo up' runs: {list}")
            : CheckResult.Warning(
                list, "Stop what has them, or choose other ports:", $"./bookinfo up --port {FreePort(8080)} --backend-port {FreePort(9181, LocalPlan.BackendPorts)}");
    }

    /// <summary>The first port from a number on that begins a row of free ones.</summary>
    private static int FreePort(int from, int count = 1) =>
        Enumerable.Range(from, 1000).FirstOrDefault(first => Enumerable.Range(first, count).All(PortCheck.IsFree), from);
}
