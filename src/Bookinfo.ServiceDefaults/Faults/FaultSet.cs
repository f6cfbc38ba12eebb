using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Rules that were set together.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Source">Where they come from.</param>
/// <param name="SetAt">When they were set, as a timestamp of the clock.</param>
/// <param name="Rules">The rules.</param>
internal sealed record FaultSet(string Name, FaultSource Source, long SetAt, IReadOnlyList<ActiveRule> Rules)
{
    /// <summary>When they end unless they are set again, as a timestamp of the clock; <see langword="null"/> for never.</summary>
    public long? Expires { get; init; }

    /// <summary>Whether other rules say the same as these.</summary>
    /// <param name="rules">The other rules.</param>
    public bool SaysTheSameAs(IReadOnlyList<FaultRule> rules)
    {
        var same = rules.Count == Rules.Count;
        for (var index = 0; same && index < rules.Count; index++)
        {
            same = Rules[index].Rule.SaysTheSameAs(rules[index]);
        }

        return same;
    }
}

/// <summary>Where rules come from.</summary>
internal enum FaultSource
{
    /// <summary>The version of the service, such as <c>v-faulty</c>.</summary>
    Version,

    /// <summary>The variable <c>FAULTS</c>.</summary>
    Environment,

    /// <summary>The file that <c>FAULTS_FILE</c> names.</summary>
    File,

    /// <summary>The management port.</summary>
    Management,
}
