using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>
/// Gives the processes of a Bookinfo the faults of a scenario and keeps them on: every second it renews their time to live, and gives them
/// to processes that were started meanwhile. What it does not renew ends by itself, however this process ended.
/// </summary>
/// <param name="targets">The Bookinfo.</param>
/// <param name="client">Talks to its services.</param>
/// <param name="set">The name of the set, by which others see and take away the faults.</param>
/// <param name="faults">The faults.</param>
/// <param name="say">Is told what the user has to know, in sentences.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class FaultKeeper(
    IFaultTargets targets, ManagementClient client, string set, IReadOnlyList<ScenarioFault> faults, Action<string> say, TimeProvider time)
{
    /// <summary>How long faults stay when nobody renews them.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _concerned = [.. faults.SelectMany(fault => fault.Services).Distinct()];

    /// <summary>When the process began that has the faults, by its name.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _held = [];

    /// <summary>Processes that did not answer the last time.</summary>
    private readonly ConcurrentDictionary<string, string> _silent = [];

    /// <summary>Sets the faults on all processes that they concern.</summary>
    /// <param name="cancellationToken">
    /// Cancels the operation; then, and when it fails, <see cref="EndAsync"/> takes back what was set.
    /// </param>
    /// <returns>The processes.</returns>
    /// <exception cref="OperationFailedException">A process is missing, does not take the faults, or has them already.</exception>
    public async Task<IReadOnlyList<FaultTarget>> BeginAsync(CancellationToken cancellationToken)
    {
        if (_concerned.Count == 0)
        {
            return [];
        }

        var found = await targets.FindAsync(_concerned, cancellationToken);
        foreach (var fault in faults)
        {
            if (!found.Any(target => target.IsOneOf(fault.Services)))
            {
                throw new OperationFailedException(
                    FailureKind.NotDeployed, $"nothing of {string.Join(", ", fault.Services)} runs in {targets.Description}, and '{set}' "
                        + "is about that.");
            }
        }

        var statuses = await Task.WhenAll(found.Select(target => RequireAsync(
            target, management => client.AskAsync(management, cancellationToken))));
        if (Array.Find(statuses, status => Find(status) is not null) is { } taken)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"'{set}' is on already, at {taken.Instance}: another 'bookinfo scenario start' keeps it on. "
                    + $"'bookinfo scenario stop {set}' ends it.");
        }

        await Task.WhenAll(found.Select(target => RequireAsync(target, async management =>
        {
            // Before the answer: what is cancelled now may have been set all the same.
            _held[target.Name] = default;
            _held[target.Name] = (await client.SetAsync(management, set, RequestFor(target), cancellationToken)).StartedAt;
            return true;
        })));
        return found;
    }

    /// <summary>Keeps them on.</summary>
    /// <param name="cancellationToken">Ends it; the faults stay on.</param>
    /// <returns>Why it ended.</returns>
    public async Task<KeepingEnd> KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var renewed = time.GetUtcNow(); ;)
            {
                await Task.Delay(Interval, time, cancellationToken);
                if (_concerned.Count == 0)
                {
                    continue;
                }

                // By the clock on the wall, which goes on while a laptop sleeps.
                var late = time.GetUtcNow() - renewed > TimeToLive;
                if (await RenewAsync(cancellationToken))
                {
                    return late ? KeepingEnd.Expired : KeepingEnd.TakenAway;
                }

                renewed = time.GetUtcNow();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return KeepingEnd.Cancelled;
        }
    }

    /// <summary>Takes the faults away from all processes. After this nothing renews them.</summary>
    /// <param name="kill">Ends the wait for those that do not answer.</param>
    /// <returns>The names of the processes that may still have faults, until their time to live is over.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(CancellationToken kill)
    {
        if (_held.IsEmpty)
        {
            return [];
        }

        try
        {
            // The ways may have changed since.
            var found = await targets.FindAsync(_concerned, kill);
            await Task.WhenAll(found.Where(target => target.Management is not null).Select(async target =>
            {
                if (await IsFreeAsync(target.Management!, kill))
                {
                    _held.TryRemove(target.Name, out _);
                }
            }));
        }
        catch (Exception exception) when (exception is OperationCanceledException or OperationFailedException)
        {
            // Nobody waits any more, or there is no way to the processes.
        }

        return [.. _held.Keys.Order(StringComparer.Ordinal)];
    }

    private async Task<bool> IsFreeAsync(Uri management, CancellationToken kill)
    {
        try
        {
            await client.RemoveAsync(management, set, kill);
            return true;
        }
        catch (ManagementException exception)
        {
            return exception.IsAbsent;
        }
    }

    /// <summary>Renews the faults where they are, and sets them where they are not yet.</summary>
    /// <returns>Whether somebody has taken them away from a process that had them.</returns>
    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FaultTarget> found;
        try
        {
            found = await targets.FindAsync(_concerned, cancellationToken);
        }
        catch (OperationFailedException exception)
        {
            Tell("", exception.Message);
            return false;
        }

        _silent.TryRemove("", out _);
        var gone = await Task.WhenAll(found.Select(target => RenewAsync(target, cancellationToken)));
        return Array.Exists(gone, one => one);
    }

    private async Task<bool> RenewAsync(FaultTarget target, CancellationToken cancellationToken)
    {
        if (target.Management is not { } management)
        {
            Tell(target.Name, $"There is no way to {target.Name}.");
            return false;
        }

        try
        {
            var status = await client.AskAsync(management, cancellationToken);
            var isNew = !_held.TryGetValue(target.Name, out var startedAt) || startedAt != status.StartedAt;
            if (!isNew && Find(status) is null)
            {
                return true;
            }

            if (isNew)
            {
                _held[target.Name] = default;
            }

            await client.SetAsync(management, set, RequestFor(target), cancellationToken);
            _held[target.Name] = status.StartedAt;
            _silent.TryRemove(target.Name, out _);
            if (isNew)
            {
                say($"{target.Name} was started meanwhile, and has the faults now.");
            }
        }
        catch (ManagementException exception)
        {
            Tell(target.Name, $"{target.Name} {exception.Message}");
        }

        return false;
    }

    /// <summary>Says what is wrong, once.</summary>
    private void Tell(string name, string problem)
    {
        if (_silent.TryAdd(name, problem))
        {
            say(problem);
        }
    }

    private FaultSetStatus? Find(FaultStatus status) => status.Sets.FirstOrDefault(one => one.Name == set);

    private static async Task<T> RequireAsync<T>(FaultTarget target, Func<Uri, Task<T>> talk)
    {
        try
        {
            return await talk(target.Management ?? throw new ManagementException("cannot be reached", isAbsent: false));
        }
        catch (ManagementException exception)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable, $"{target.Name} takes no faults: its management port {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>The rules that concern a process, each with a name of its own.</summary>
    private FaultRequest RequestFor(FaultTarget target)
    {
        var names = new HashSet<string>();
        var rules = new JsonArray();
        foreach (var fault in faults.Where(fault => target.IsOneOf(fault.Services)))
        {
            var rule = fault.ToRule();
            var name = rule["name"]?.GetValue<string>() ?? fault.Kind.Name;
            for (var number = 2; !names.Add(name); number++)
            {
                name = $"{fault.Kind.Name}-{number}";
            }

            rule["name"] = name;
            rules.Add((JsonNode)rule);
        }

        using var json = JsonDocument.Parse(rules.ToJsonString());
        return new FaultRequest(DurationConverter.Format(TimeToLive), json.RootElement.Clone());
    }
}

/// <summary>Why faults are no longer kept on.</summary>
public enum KeepingEnd
{
    /// <summary>That was asked for; they are still on.</summary>
    Cancelled,

    /// <summary>Somebody else has taken them away, as 'scenario stop' does.</summary>
    TakenAway,

    /// <summary>They have ended by themselves while this process did not run, as when the machine slept.</summary>
    Expired,
}
