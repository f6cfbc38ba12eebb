using System.Runtime.InteropServices;

namespace Bookinfo.Load;

/// <summary>Counts failed requests by what was wrong and by what was sent.</summary>
internal sealed class ErrorCounts
{
    private readonly Dictionary<(ErrorKind Error, ushort Status, ushort Template, byte Version), long> _counts = [];

    /// <summary>All counts.</summary>
    public IEnumerable<ErrorCount> All =>
        _counts.Select(count => new ErrorCount(count.Key.Error, count.Key.Status, count.Key.Template, count.Key.Version, count.Value));

    /// <summary>Counts a request that failed.</summary>
    /// <param name="sample">The request.</param>
    public void Add(in Sample sample)
    {
        // The status says more only where it is itself the error.
        var status = sample.Error == ErrorKind.Status ? sample.Status : (ushort)0;
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (sample.Error, status, sample.Template, sample.Version), out _)++;
    }

    /// <summary>Requires counts that another process has sent to be of requests that there are.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="mix">What was sent.</param>
    /// <exception cref="FormatException">One is not.</exception>
    public static IReadOnlyList<ErrorCount> Require(IReadOnlyList<ErrorCount> counts, TrafficMix mix) =>
        counts.All(count => count.Template < mix.Templates.Count && count.Version <= mix.Answers.Versions.Count)
            ? counts
            : throw new FormatException("an error is of a request that is not there");

    /// <summary>Adds what was counted elsewhere.</summary>
    /// <param name="counts">The counts.</param>
    public void Add(IEnumerable<ErrorCount> counts)
    {
        foreach (var count in counts)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(
                _counts, (count.Error, count.Status, count.Template, count.Version), out _) += count.Count;
        }
    }
}

/// <summary>How many requests failed in one way.</summary>
/// <param name="Error">What was wrong.</param>
/// <param name="Status">The status, where that is what was wrong; otherwise 0.</param>
/// <param name="Template">The index in <see cref="TrafficMix.Templates"/> of what was sent.</param>
/// <param name="Version">The number of the version, as in <see cref="Sample.Version"/>.</param>
/// <param name="Count">How many.</param>
public readonly record struct ErrorCount(ErrorKind Error, ushort Status, ushort Template, byte Version, long Count);
