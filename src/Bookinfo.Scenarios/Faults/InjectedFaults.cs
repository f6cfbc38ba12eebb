using Bookinfo.Contracts;

namespace Bookinfo.Scenarios;

/// <summary>
/// What was really done by a set of faults, as the processes that have it say: one that is on has not yet happened to anybody.
/// </summary>
/// <param name="set">The name of the set.</param>
/// <param name="time">Tells the time.</param>
public sealed class InjectedFaults(string set, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>What was last said, of each start of each process.</summary>
    private readonly Dictionary<(string Process, DateTimeOffset StartedAt, string Rule), InjectedFault> _last = [];

    private DateTimeOffset? _firstAt;

    /// <summary>When a process first said that it had done something; <see langword="null"/> when none has.</summary>
    public DateTimeOffset? FirstAt
    {
        get
        {
            lock (_lock)
            {
                return _firstAt;
            }
        }
    }

    /// <summary>What was done, by process and rule, as far as it was said before the faults were taken away.</summary>
    public IReadOnlyList<InjectedFault> All
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _last.Values.GroupBy(one => (one.Process, one.Rule, one.Fault)).Select(group => new InjectedFault(
                        group.Key.Process, group.Key.Rule, group.Key.Fault, group.Sum(one => one.Matched), group.Sum(one => one.Injected)))
                        .OrderBy(one => one.Process, StringComparer.Ordinal).ThenBy(one => one.Rule, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>Remembers what a process says.</summary>
    /// <param name="target">The process.</param>
    /// <param name="status">What it says.</param>
    internal void Note(FaultTarget target, FaultStatus status)
    {
        lock (_lock)
        {
            foreach (var rule in status.Sets.Where(one => one.Name == set).SelectMany(one => one.Rules))
            {
                _last[(target.Name, status.StartedAt, rule.Name)] =
                    new InjectedFault(target.Name, rule.Name, rule.Fault, rule.Matched, rule.Injected);
                if (rule.Injected > 0)
                {
                    _firstAt ??= time.GetUtcNow();
                }
            }
        }
    }
}

/// <summary>What was done by a rule in a process.</summary>
/// <param name="Process">The name of the process.</param>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Fault">The name of its fault.</param>
/// <param name="Matched">What it was about, such as requests.</param>
/// <param name="Injected">How many of those it was done to; for a fault of the process, how often it began.</param>
public sealed record InjectedFault(string Process, string Rule, string Fault, long Matched, long Injected);
