using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>The processes that have the faults, or may have them, by their names.</summary>
    private readonly ConcurrentDictionary<string, Holder> _holders = [];

    /// <summary>Processes that did not answer the last time.</summary>
    private readonly ConcurrentDictionary<string, string> _silent = [];

    /// <summary>
    /// When the processes were last found, by the clock on the wall, which goes on while a laptop sleeps. One that is found for the first
    /// time was started after that.
    /// </summary>
    private DateTimeOffset _lookedAt;

    /// <summary>What the processes have said of what was done to requests, and to themselves.</summary>
    public InjectedFaults Injected { get; } = new(set, time);

    /// <summary>The names of the processes that have the faults, or may have them, until their time to live is over.</summary>
    public IReadOnlyList<string> Holders => [.. _holders.Keys.Order(StringComparer.Ordinal)];

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

        var statuses = await Task.WhenAll(found.Select(target => RequireAsync(target, () => client.AskAsync(target, cancellationToken))));
        if (Array.Find(statuses, Has) is { } taken)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"'{set}' is on already, at {taken.Instance}: another 'bookinfo scenario start' keeps it on. "
                    + $"'bookinfo scenario stop {set}' ends it.");
        }

        await Task.WhenAll(found.Select(target => RequireAsync(target, () => GiveAsync(target))));
        cancellationToken.ThrowIfCancellationRequested();
        return found;
    }

    /// <summary>Keeps them on.</summary>
    /// <param name="cancellationToken">Ends it; the faults stay on.</param>
    /// <returns>Why it ended.</returns>
    public async Task<KeepingEnd> KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lookedAt = time.GetUtcNow();
            while (true)
            {
                await Task.Delay(Interval, time, cancellationToken);
                if (_concerned.Count > 0 && await RenewAsync(cancellationToken) is { } end)
                {
                    return end;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return KeepingEnd.Cancelled;
        }
    }

    /// <summary>
    /// Takes the faults away from all processes. After this nothing renews them; <see cref="Holders"/> are those that did not answer.
    /// </summary>
    /// <param name="kill">Ends the wait for those that do not answer.</param>
    public async Task EndAsync(CancellationToken kill)
    {
        if (_holders.IsEmpty)
        {
            return;
        }

        try
        {
            // The ways may have changed since.
            await Task.WhenAll((await FindAsync(kill)).Select(async target =>
            {
                if (await IsFreeAsync(target, kill))
                {
                    _holders.TryRemove(target.Name, out _);
                }
            }));
        }
        catch (OperationFailedException exception) when (exception.Kind == FailureKind.NotDeployed)
        {
            _holders.Clear();
        }
        catch (Exception exception) when (exception is OperationCanceledException or OperationFailedException)
        {
            // Nobody waits any more, or there is no way to the processes.
        }
    }

    /// <summary>Finds the processes that there are now. Those that are gone have no faults any more.</summary>
    private async Task<IReadOnlyList<FaultTarget>> FindAsync(CancellationToken cancellationToken)
    {
        var found = await targets.FindAsync(_concerned, cancellationToken);
        foreach (var gone in _holders.Keys.Except(found.Select(target => target.Name)))
        {
            _holders.TryRemove(gone, out _);
        }

        return found;
    }

    private async Task<bool> IsFreeAsync(FaultTarget target, CancellationToken kill)
    {
        try
        {
            // What was done since the last look is said only as long as they are there.
            Injected.Note(target, await client.AskAsync(target, kill));
        }
        catch (ManagementException)
        {
            // The next question is the one that counts.
        }

        try
        {
            await client.RemoveAsync(target, set, kill);
            return true;
        }
        catch (ManagementException exception)
        {
            return exception.IsAbsent;
        }
    }

    /// <summary>Renews the faults where they are, and sets them where they are not yet.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Why they are not to be kept on any longer; <see langword="null"/> when they are.</returns>
    private async Task<KeepingEnd?> RenewAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FaultTarget> found;
        try
        {
            found = await FindAsync(cancellationToken);
        }
        catch (OperationFailedException exception)
        {
            Tell("", exception.Message);
            return null;
        }

        _silent.TryRemove("", out _);
        var foundAt = time.GetUtcNow();
        var ends = await Task.WhenAll(found.Select(target => RenewAsync(target, cancellationToken)));
        _lookedAt = foundAt;
        return Array.Find(ends, end => end is not null);
    }

    private async Task<KeepingEnd?> RenewAsync(FaultTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var status = await client.AskAsync(target, cancellationToken);
            Injected.Note(target, status);
            var holder = _holders.GetValueOrDefault(target.Name);
            var isNew = holder?.StartedAt != status.StartedAt;
            // One that was started meanwhile never had them. But who has not looked for so long may break nothing anew.
            var since = time.GetUtcNow() - (isNew ? _lookedAt : holder!.RenewedAt);
            if (since >= TimeToLive)
            {
                // A service on the same machine slept as well, and by its clock they still last.
                var end = Has(status) ? "are taken away now" : "have ended by themselves";
                say($"The faults of {target.Name} were not renewed for {Duration.Format(since)}, and {end}.");
                return KeepingEnd.Expired;
            }

            if (!isNew && !Has(status))
            {
                return KeepingEnd.TakenAway;
            }

            await GiveAsync(target);
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

        return null;
    }

    /// <summary>
    /// Sets the faults of a process, or renews them. This is not cancelled: what is given up while it is under way may be done later, even
    /// after the faults were taken away.
    /// </summary>
    private async Task<FaultStatus> GiveAsync(FaultTarget target)
    {
        // Before the answer, because it may be set though no answer comes.
        var sentAt = time.GetUtcNow();
        _holders.TryAdd(target.Name, new Holder(null, sentAt));
        var status = await client.SetAsync(target, set, RequestFor(target), CancellationToken.None);
        Injected.Note(target, status);
        _holders[target.Name] = new Holder(status.StartedAt, sentAt);
        return status;
    }

    /// <summary>Says what is wrong, once.</summary>
    private void Tell(string name, string problem)
    {
        if (_silent.TryAdd(name, problem))
        {
            say(problem);
        }
    }

    private bool Has(FaultStatus status) => status.Sets.Any(one => one.Name == set);

    private static async Task<T> RequireAsync<T>(FaultTarget target, Func<Task<T>> talk)
    {
        try
        {
            return await talk();
        }
        catch (ManagementException exception)
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable, $"{target.Name} takes no faults: its management port {exception.Message}.");
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
            rule["name"] = MakeUnique(rule["name"]?.GetValue<string>() ?? fault.Kind.Name, names);
            rules.Add((JsonNode)rule);
        }

        return new FaultRequest(DurationConverter.Format(TimeToLive), JsonElement.Parse(rules.ToJsonString()));
    }

    /// <summary>Adds a number to a name that is used already.</summary>
    private static string MakeUnique(string name, HashSet<string> used)
    {
        var unique = name;
        for (var number = 2; !used.Add(unique); number++)
        {
            var ending = string.Create(CultureInfo.InvariantCulture, $"-{number}");
            unique = name[..Math.Min(name.Length, FaultRuleReader.LongestName - ending.Length)] + ending;
        }

        return unique;
    }

    /// <summary>A process that has the faults, or may have them.</summary>
    /// <param name="StartedAt">When it was started; <see langword="null"/> until it has said so.</param>
    /// <param name="RenewedAt">When it was last sent the faults.</param>
    private sealed record Holder(DateTimeOffset? StartedAt, DateTimeOffset RenewedAt);
}

/// <summary>Why faults are no longer kept on.</summary>
public enum KeepingEnd
{
    /// <summary>That was asked for; they are still on.</summary>
    Cancelled,

    /// <summary>Somebody else has taken them away, as 'scenario stop' does.</summary>
    TakenAway,

    /// <summary>
    /// They have ended by themselves: nothing renewed them for as long as they last, because this process did not run, as when the machine
    /// slept, or did not reach them.
    /// </summary>
    Expired,
}
