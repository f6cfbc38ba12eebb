using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Traffic;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Looks at the page as a visitor does: through the node port of each node, or else through a port-forward.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="say">Is told that it has to wait.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class PageCheck(ClusterConnection cluster, string space, Action<string> say, TimeProvider time)
{
    private static readonly string Service = ServiceCatalog.ProductPage.Name;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long nodes may take to learn of the pods that have just become ready: after half a minute kube-proxy at the latest looks at
    /// everything anew.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long the way through the API server may take until it works.</summary>
    private static readonly TimeSpan ForwardPatience = TimeSpan.FromSeconds(10);

    /// <summary>Looks at it.</summary>
    /// <param name="persistence">Repeats requests to the cluster that fail for a moment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Where the page is.</returns>
    /// <exception cref="OperationFailedException">It is not there, or not as it should be.</exception>
    public async Task<PageLocation> RunAsync(Persistence persistence, CancellationToken cancellationToken)
    {
        V1Service service;
        try
        {
            service = await persistence.RunAsync(
                () => cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken),
                cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return new PageLocation([], null, $"There is no Service {Service} in namespace '{space}', so the page was not looked at.");
        }

        if (service.Spec?.Ports?.FirstOrDefault() is not { } servicePort)
        {
            return new PageLocation([], null, $"Service {Service} in namespace '{space}' has no port, so the page was not looked at.");
        }

        using var client = PatientProbe.CreateClient(RequestTimeout);
        var nodes = servicePort.NodePort is { } port
            ? await persistence.RunAsync(() => ClusterPage.ListNodesAsync(cluster, port, cancellationToken), cancellationToken)
            : [];
        var answers = await new PatientProbe(client, Judge, Patience, Waiting, time).FindAsync(nodes, cancellationToken);
        if (answers.Select(answer => answer.Wrong).FirstOrDefault(wrong => wrong is not null) is { } wrong)
        {
            throw Wrong(wrong);
        }

        var reached = answers.Where(answer => answer.Address is not null).Select(answer => answer.Address!).ToList();
        var silent = answers.Where(answer => answer.Address is null).Select(answer => answer.Name).ToList();
        var note = silent.Count == 0
            ? null
            : $"No answer at the node port of {string.Join(", ", silent)} for {Duration.Format(Patience)}: a firewall may be in the way.";
        if (reached.Count > 0)
        {
            return new PageLocation(reached, null, note);
        }

        var command = $"kubectl port-forward --namespace {space} "
            + $"{string.Concat(cluster.Kubectl.ContextArguments.Select(argument => $"{argument} "))}service/{Service} "
            + $"8080:{servicePort.Port}";
        await ForwardAsync(client, servicePort.Port, cancellationToken);
        return new PageLocation([], command, note) { ForwardedPort = servicePort.Port };
    }

    /// <summary>Judges an answer.</summary>
    /// <param name="status">The status of the answer.</param>
    /// <param name="html">The page.</param>
    /// <returns>What is wrong with it; <see langword="null"/> when nothing is.</returns>
    public static string? Judge(int status, string html) => status != 200 ? $"it answers {status}"
        : !html.Contains("<title>Simple Bookstore App</title>", StringComparison.Ordinal) ? "it is not Bookinfo's page"
        : ServiceCatalog.Bookinfo.MissingTexts.FirstOrDefault(text => html.Contains(text, StringComparison.Ordinal)) is { } text
        ? $"it says '{text}'"
        : null;

    private async Task ForwardAsync(HttpClient client, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var forward = await PortForward.StartAsync(cluster.Kubectl, space, $"service/{Service}", port, time, cancellationToken);
            var probe = new PatientProbe(client, Judge, ForwardPatience, static _ => { }, time);
            var page = new Uri(forward.Address, BookinfoTraffic.PagePath).ToString();
            if (await probe.FindAsync([("", [page])], cancellationToken) is [{ Address: null, Wrong: var wrong }])
            {
                throw Wrong(wrong is null ? "kubectl port-forward: it does not answer" : $"kubectl port-forward, {wrong}");
            }
        }
        catch (IOException exception)
        {
            throw Wrong($"kubectl port-forward: {exception.Message}");
        }
    }

    private void Waiting(string nodes) => say(
        $"Waiting for the node port of {nodes} to answer: a node may take up to {Duration.Format(Patience)} to learn of pods "
        + "that have become ready.");

    private static OperationFailedException Wrong(string where) => new(
        FailureKind.ServiceFailed,
        $"all pods are ready, but the page is not as it should be at {where}. 'bookinfo status' and 'kubectl logs' say more.");
}

/// <summary>Where the page is.</summary>
/// <param name="Addresses">Its addresses, one a node that answers.</param>
/// <param name="PortForward">The command that makes it reachable when no node answers.</param>
/// <param name="Note">What else there is to say.</param>
public sealed record PageLocation(IReadOnlyList<string> Addresses, string? PortForward, string? Note)
{
    /// <summary>The port of the Service to which that command leads; <see langword="null"/> when there is none.</summary>
    public int? ForwardedPort { get; init; }
}
