using System.Text;
using k8s;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The problems of pods that are waited for: since when each is known, whether it is certain not to pass, and what to say of it.
/// </summary>
internal sealed class PodProblems(TimeProvider time)
{
    private readonly Dictionary<(string Subject, string Reason), long> _firstSeen = [];

    /// <summary>Notes that a problem is there, from the first time on that it is seen.</summary>
    /// <param name="problem">The problem.</param>
    public void Note(PodProblem problem) => _firstSeen.TryAdd((problem.Subject, problem.Reason), time.GetTimestamp());

    /// <summary>Whether a problem has lasted longer than one that passes.</summary>
    /// <param name="problem">The problem.</param>
    public bool IsCertain(PodProblem problem) =>
        problem.Grace is { } grace
        && (grace == TimeSpan.Zero
            || (_firstSeen.TryGetValue((problem.Subject, problem.Reason), out var seen) && time.GetElapsedTime(seen) >= grace));

    /// <summary>Describes problems, each on a line of its own, with the last words of its container below it.</summary>
    /// <param name="text">Receives the lines.</param>
    /// <param name="problems">The problems.</param>
    /// <param name="api">The cluster.</param>
    /// <param name="space">The namespace of the pods.</param>
    public static async Task AppendAsync(
        StringBuilder text, IEnumerable<PodProblem> problems, IKubernetes api, string space, CancellationToken cancellationToken)
    {
        foreach (var problem in problems)
        {
            text.Append($"\n  {problem}");
            foreach (var line in await PodLog.ReadAsync(api, space, problem, cancellationToken))
            {
                text.Append($"\n    | {line}");
            }
        }
    }
}
