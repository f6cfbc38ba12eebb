using System.Text;
using k8s;
using k8s.Autorest;

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

/// <summary>The last words of a container.</summary>
internal static class PodLog
{
    private const int Lines = 5;
    private const int LineLength = 400;

    /// <summary>Reads the last lines.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="problem">What is wrong with the pod.</param>
    /// <returns>The lines; none when the problem is none of a container that ran.</returns>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        IKubernetes api, string space, PodProblem problem, CancellationToken cancellationToken)
    {
        if (problem.Log is not { } log)
        {
            return [];
        }

        try
        {
            await using var stream = await api.CoreV1.ReadNamespacedPodLogAsync(
                problem.Subject.Split(' ')[^1], space, container: log.Container, previous: log.Previous, tailLines: Lines,
                cancellationToken: cancellationToken);
            using var reader = new StreamReader(stream);
            var text = await reader.ReadToEndAsync(cancellationToken);
            return
            [
                .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.Length > LineLength ? $"{line[..LineLength]}..." : line),
            ];
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            return [$"(its log cannot be read: {(exception as HttpOperationException)?.Response?.StatusCode.ToString() ?? "no answer"})"];
        }
    }
}
