using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

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
