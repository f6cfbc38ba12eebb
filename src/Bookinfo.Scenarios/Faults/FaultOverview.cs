using System.Text.Json.Serialization;
using Bookinfo.Contracts;

namespace Bookinfo.Scenarios;

/// <summary>What a process says of its faults.</summary>
/// <param name="Target">The process.</param>
/// <param name="Status">What it says; <see langword="null"/> when it says nothing.</param>
/// <param name="Problem">Why it says nothing.</param>
/// <param name="IsAbsent">Whether it does not run now, and so has no faults.</param>
public sealed record ProcessFaults(FaultTarget Target, FaultStatus? Status, string? Problem = null, bool IsAbsent = false);

/// <summary>Sees which faults all processes of a Bookinfo have, and takes them away, whoever has set them.</summary>
/// <param name="targets">The Bookinfo.</param>
/// <param name="client">Talks to its services.</param>
/// <param name="time">Waits between two looks, 400 ms.</param>
public sealed class FaultOverview(IFaultTargets targets, ManagementClient client, TimeProvider time)
{
    /// <summary>
    /// Whoever keeps faults on looks whether they are there and then renews them, and so may set them again at this very moment. It is
    /// looked again some times, further apart than those two are.
    /// </summary>
    private const int Looks = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    /// <summary>Asks all processes.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<ProcessFaults>> ReadAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll((await targets.FindAsync(null, cancellationToken)).Select(target => AskAsync(target, cancellationToken)));

    /// <summary>Takes sets of faults away that were set over the management port.</summary>
    /// <param name="set">The name of the set; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was taken away from whom, and who did not answer.</returns>
    public async Task<FaultRemoval> RemoveAsync(string? set, CancellationToken cancellationToken)
    {
        var removed = new HashSet<(string Process, string Set)>();
        IReadOnlyList<ProcessFaults> all = [];
        for (var look = 0; look < Looks; look++)
        {
            if (look > 0)
            {
                await Task.Delay(Interval, time, cancellationToken);
            }

            all = await ReadAsync(cancellationToken);
            var found = all.Where(one => one.Status is not null).SelectMany(one => one.Status!.Sets
                .Where(other => other.Source == FaultSetStatus.ManagementSource && (set is null || other.Name == set))
                .Select(other => (one.Target, other.Name))).ToList();
            foreach (var (target, name) in found)
            {
                try
                {
                    await client.RemoveAsync(target, name, cancellationToken);
                    removed.Add((target.Name, name));
                }
                catch (ManagementException)
                {
                    // The next look tells whether it is still there.
                }
            }

            if (look == 0 && found.Count == 0 && all.All(one => one.Status is not null))
            {
                break;
            }
        }

        return new FaultRemoval([.. removed.Order()], [.. all.Where(one => one is { Status: null, IsAbsent: false })]);
    }

    private async Task<ProcessFaults> AskAsync(FaultTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return new ProcessFaults(target, await client.AskAsync(target, cancellationToken));
        }
        catch (ManagementException exception)
        {
            return new ProcessFaults(target, null, exception.Message, exception.IsAbsent);
        }
    }
}

/// <summary>What was taken away.</summary>
/// <param name="Removed">Which set from which process.</param>
/// <param name="Silent">Processes that did not answer.</param>
public sealed record FaultRemoval(IReadOnlyList<(string Process, string Set)> Removed, IReadOnlyList<ProcessFaults> Silent);

/// <summary>How the faults of processes are serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProcessFaults))]
public sealed partial class FaultOverviewJson : JsonSerializerContext;
