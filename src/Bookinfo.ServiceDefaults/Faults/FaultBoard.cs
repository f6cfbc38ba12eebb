using System.Collections.Concurrent;
using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Which faults the service has now: the rules that were set, and which of them are active.</summary>
/// <param name="service">Who the service is.</param>
/// <param name="options">What the random choices start from.</param>
/// <param name="table">Makes what the faults do.</param>
/// <param name="logger">Where every change is logged.</param>
internal sealed class FaultBoard(
    ServiceIdentity service, FaultOptions options, FaultTable table, TimeProvider time, ILogger<FaultBoard> logger) : IDisposable
{
    private readonly Lock _changing = new();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly List<FaultSet> _sets = [];
    private readonly ConcurrentDictionary<string, FaultCount> _counts = new();
    private ITimer? _timer;
    private volatile ActiveRule[] _active = [];
    private volatile ActiveRule[] _requests = [];
    private volatile ActiveRule[] _scrapes = [];
    private bool _disposed;

    /// <summary>Whether no rule is active, as is usual.</summary>
    public bool IsIdle => _active.Length == 0;

    /// <summary>The active rules whose faults do something to requests, in the order in which they were set.</summary>
    public ActiveRule[] ForRequests => _requests;

    /// <summary>The same for scrapes of <c>/metrics</c>.</summary>
    public ActiveRule[] ForScrapes => _scrapes;

    /// <summary>What the faults have done that any rule ever was about, by their names.</summary>
    public IEnumerable<KeyValuePair<string, FaultCount>> Counts => _counts;

    /// <summary>Whether something is true of any active rule.</summary>
    /// <param name="isTrue">What.</param>
    public bool Any(Predicate<ActiveRule> isTrue) => Array.Exists(_active, isTrue);

    /// <summary>
    /// Sets rules, in place of those that were set under the same name. If they say the same, those go on as they are, with a new time to
    /// live.
    /// </summary>
    /// <param name="name">Their name.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="ttl">How long they stay; <see langword="null"/> for ever.</param>
    /// <param name="condition">What a request must fulfill besides.</param>
    public void Set(
        string name,
        FaultSource source,
        IReadOnlyList<FaultRule> rules,
        TimeSpan? ttl = null,
        Func<HttpContext, bool>? condition = null)
    {
        lock (_changing)
        {
            if (_disposed)
            {
                return;
            }

            var now = time.GetTimestamp();
            long? expires = ttl is { } life ? now + (long)(life.TotalSeconds * time.TimestampFrequency) : null;
            var index = _sets.FindIndex(set => set.Name == name && set.Source == source);
            if (index >= 0 && _sets[index].SaysTheSameAs(rules))
            {
                _sets[index] = _sets[index] with { Expires = expires };
            }
            else
            {
                var active = rules.Select(rule => Activate(rule, name, condition));
                var set = new FaultSet(name, source, now, [.. active]) { Expires = expires };
                if (index >= 0)
                {
                    End(_sets[index]);
                    _sets[index] = set;
                }
                else
                {
                    _sets.Add(set);
                }
            }

            Update();
        }
    }

    /// <summary>Removes rules.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="source">Where they come from.</param>
    /// <returns>Whether there were any.</returns>
    public bool Remove(string name, FaultSource source)
    {
        lock (_changing)
        {
            if (_sets.Find(set => set.Name == name && set.Source == source) is not { } set)
            {
                return false;
            }

            End(set);
            _sets.Remove(set);
            Update();
            return true;
        }
    }

    /// <summary>What was set, and what it has done so far.</summary>
    public FaultStatus Status()
    {
        lock (_changing)
        {
            var now = time.GetTimestamp();
            return new FaultStatus(
                service.Name,
                service.Version,
                Convert.ToString(service.Attributes["service.instance.id"], CultureInfo.InvariantCulture)!,
                _startedAt,
                [
                    .. _sets.Select(set => new FaultSetStatus(
                        set.Name,
                        NameOf(set.Source),
                        set.Expires is { } expires ? Math.Round(Math.Max(0, Seconds(expires - now)), 1) : null,
                        [.. set.Rules.Select(rule => rule.Status)])),
                ]);
        }
    }

    /// <summary>Ends everything for good, because the service stops: nothing that a fault holds up may keep it from that.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _disposed = true;
            _timer?.Dispose();
            _sets.ForEach(End);
            _sets.Clear();
            (_active, _requests, _scrapes) = ([], [], []);
        }
    }

    private static string NameOf(FaultSource source) => source switch
    {
        FaultSource.Version => "version",
        FaultSource.Environment => "environment",
        FaultSource.File => "file",
        _ => FaultSetStatus.ManagementSource,
    };

    private ActiveRule Activate(FaultRule rule, string set, Func<HttpContext, bool>? condition) => new(
        rule,
        table.Create(rule),
        _counts.GetOrAdd(rule.Kind.Name, static _ => new FaultCount()),
        rule.Seed ?? SeedOf(rule, set),
        condition);

    /// <summary>
    /// The seed of a rule that has none of its own. It follows from the seed of the service and the names of the rule, so that each rule
    /// makes choices of its own, and the same in every run; without a seed of the service, it is a random one. Like the seeds that users
    /// may give to rules, it is not negative.
    /// </summary>
    private int SeedOf(FaultRule rule, string set)
    {
        if (options.Seed is not { } mixed)
        {
            return Guid.NewGuid().GetHashCode() & int.MaxValue;
        }

        foreach (var letter in $"{service.Name}/{set}/{rule.Name}")
        {
            mixed = unchecked((mixed * 31) + letter);
        }

        // Random makes the same of a number and its negative.
        return mixed == int.MinValue ? int.MaxValue : Math.Abs(mixed);
    }

    private double Seconds(long ticks) => ticks / (double)time.TimestampFrequency;

    private void Tick()
    {
        lock (_changing)
        {
            if (!_disposed)
            {
                Update();
            }
        }
    }

    /// <summary>Begins and ends rules whose time it is, and waits for the next such time.</summary>
    private void Update()
    {
        var now = time.GetTimestamp();
        foreach (var set in _sets.Where(set => set.Expires <= now).ToList())
        {
            End(set);
            _sets.Remove(set);
            LogEvents.FaultsExpired(logger, set.Name);
        }

        var next = TimeSpan.MaxValue;
        foreach (var set in _sets)
        {
            var age = time.GetElapsedTime(set.SetAt, now);
            foreach (var rule in set.Rules)
            {
                var active = rule.Rule.IsActive(age);
                if (active && !rule.IsActive)
                {
                    Begin(set, rule);
                }
                else if (!active && rule.IsActive)
                {
                    End(set, rule);
                }

                next = Earlier(next, rule.Rule.NextChange(age));
            }

            next = Earlier(next, set.Expires is { } expires ? TimeSpan.FromSeconds(Seconds(expires - now)) : null);
        }

        _active = [.. _sets.SelectMany(set => set.Rules).Where(rule => rule.IsActive)];
        _requests = [.. _active.Where(rule => rule.Fault.ConcernsRequests)];
        _scrapes = [.. _active.Where(rule => rule.Fault.ConcernsScrapes)];
        WaitFor(next);
    }

    private void Begin(FaultSet set, ActiveRule rule)
    {
        LogEvents.FaultBegan(logger, rule.Rule.Kind.Name, rule.Rule.Name, set.Name, NameOf(set.Source));
        try
        {
            rule.Begin();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // There is no room for it. The next change tries again.
            LogEvents.FaultFailed(logger, rule.Rule.Kind.Name, rule.Rule.Name, set.Name, exception.Message);
        }
    }

    private void WaitFor(TimeSpan next)
    {
        if (next == TimeSpan.MaxValue)
        {
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Timers count in milliseconds, and one that rings too early would only have to be set again.
        next = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(next.TotalMilliseconds)));
        if (_timer is null)
        {
            _timer = time.CreateTimer(static board => ((FaultBoard)board!).Tick(), this, next, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan? other) => other < one ? other.Value : one;

    private void End(FaultSet set)
    {
        foreach (var rule in set.Rules.Where(rule => rule.IsActive))
        {
            End(set, rule);
        }
    }

    private void End(FaultSet set, ActiveRule rule)
    {
        rule.End();
        LogEvents.FaultEnded(logger, rule.Rule.Kind.Name, rule.Rule.Name, set.Name, rule.Status.Injected);
    }
}
