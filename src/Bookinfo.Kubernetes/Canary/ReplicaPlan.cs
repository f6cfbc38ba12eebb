using System.Globalization;
using Bookinfo.Measurement;

namespace Bookinfo.Kubernetes;

/// <summary>How many pods each version of reviews takes to get its share of the requests, as near as so many pods can come to it.</summary>
/// <param name="Replicas">The pods of each version that gets any.</param>
/// <param name="Error">By how many points the version that is farthest from its share misses it.</param>
internal sealed record ReplicaPlan(IReadOnlyDictionary<string, int> Replicas, double Error)
{
    /// <summary>Finds the fewest pods that come nearest.</summary>
    /// <param name="shares">The shares.</param>
    /// <param name="most">The most pods of all versions together, at least as many as there are versions.</param>
    public static ReplicaPlan For(VersionShares shares, int most)
    {
        ReplicaPlan? best = null;
        for (var pods = shares.Versions.Count; pods <= most; pods++)
        {
            var plan = Of(shares, pods);
            if (best is null || plan.Error < best.Error - 1e-9)
            {
                best = plan;
            }
        }

        return best!;
    }

    /// <summary>Divides a number of pods.</summary>
    /// <param name="shares">The shares.</param>
    /// <param name="pods">How many pods there are, at least as many as there are versions.</param>
    public static ReplicaPlan Of(VersionShares shares, int pods)
    {
        var versions = shares.Versions.ToList();
        // A version that is to get anything needs a pod; the others are divided.
        var rest = VersionShares.Apportion(
            [.. versions.Select(version => Math.Max(0, (shares[version] * pods / 100.0) - 1))], pods - versions.Count);
        var replicas = versions.Zip(rest).ToDictionary(one => one.First, one => one.Second + 1);
        return new ReplicaPlan(
            replicas, versions.Max(version => Math.Abs(shares[version] - (100.0 * replicas[version] / pods))));
    }

    /// <summary>Says what it comes to.</summary>
    public string Describe()
    {
        var pods = Replicas.Values.Sum();
        var list = string.Join(", ", Replicas.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.Key} {one.Value} {(one.Value == 1 ? "pod" : "pods")} ({100.0 * one.Value / pods:0.#}%)")));
        return Error < 0.05
            ? list
            : string.Create(CultureInfo.InvariantCulture, $"{list}: up to {Error:0.0} points from what was asked for, as pods are whole");
    }
}
