using System.Net.Sockets;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>Looks at the page as a visitor does: through the node port of each node, or else through a port-forward.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">The clock.</param>
internal sealed partial class PageCheck(ClusterConnection cluster, string space, TimeProvider time)
{
    private const string Service = "productpage";
    private const string Path = "/productpage";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long nodes may take to learn of the pods that have just become ready.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long the way through the API server may take until it works.</summary>
    private static readonly TimeSpan ForwardPatience = TimeSpan.FromSeconds(10);

    /// <summary>Looks at it.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Where the page is.</returns>
    /// <exception cref="CommandFailedException">It is not there, or not as it should be.</exception>
    public async Task<PageLocation> RunAsync(CancellationToken cancellationToken)
    {
        V1Service service;
        try
        {
            service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return new PageLocation([], null, $"There is no Service {Service} in namespace '{space}', so the page was not looked at.");
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = RequestTimeout, PooledConnectionLifetime = TimeSpan.Zero })
        {
            Timeout = RequestTimeout,
        };
        var nodes = service.Spec.Ports[0].NodePort is { } port ? await ListNodesAsync(port, cancellationToken) : [];
        var answers = await Task.WhenAll(nodes.Select(async node => (node.Name, Address: await FindAsync(client, node.Addresses, cancellationToken))));
        var reached = answers.Where(answer => answer.Address is not null).Select(answer => answer.Address!).ToList();
        var silent = answers.Where(answer => answer.Address is null).Select(answer => answer.Name).ToList();
        var note = silent.Count == 0 ? null : $"No answer at the node port of {string.Join(", ", silent)}: a firewall may be in the way.";
        if (reached.Count > 0)
        {
            return new PageLocation(reached, null, note);
        }

        var command = $"kubectl port-forward --namespace {space} {string.Concat(cluster.Kubectl.ContextArguments.Select(argument => $"{argument} "))}service/{Service} 8080:{service.Spec.Ports[0].Port}";
        await ForwardAsync(client, service.Spec.Ports[0].Port, cancellationToken);
        return new PageLocation([], command, note);
    }

    /// <summary>Judges an answer.</summary>
    /// <param name="status">The status of the answer.</param>
    /// <param name="html">The page.</param>
    /// <returns>What is wrong with it; <see langword="null"/> when nothing is.</returns>
    public static string? Judge(int status, string html) => status != 200 ? $"it answers {status}"
        : !html.Contains("<title>Simple Bookstore App</title>", StringComparison.Ordinal) ? "it is not Bookinfo's page"
        : FetchError().Match(html) is { Success: true } error ? $"it says '{error.Value}'"
        : null;

    private async Task<IReadOnlyList<(string Name, IReadOnlyList<string> Addresses)>> ListNodesAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await cluster.Api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken);
            return
            [
                .. nodes.Items.Select(node => (node.Metadata.Name, (IReadOnlyList<string>)[
                    .. (node.Status?.Addresses ?? [])
                        .Where(address => address.Type is "InternalIP" or "ExternalIP")
                        .Select(address => new UriBuilder("http", address.Address, port, Path).Uri.ToString()),
                ])),
            ];
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return [];
        }
    }

    /// <summary>Asks all addresses of a node until one answers as it should.</summary>
    private async Task<string?> FindAsync(HttpClient client, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(addresses.Select(async address => (address, wrong: await AskAsync(client, address, Patience, cancellationToken))));
        if (answers.FirstOrDefault(answer => answer.wrong is null) is { address: not null } good)
        {
            return good.address;
        }

        var bad = answers.FirstOrDefault(answer => answer.wrong?.Length > 0);
        return bad.address is null ? null : throw Wrong(bad.address, bad.wrong!);
    }

    /// <summary>Asks until the answer is as it should be.</summary>
    /// <returns><see langword="null"/> then; empty when nothing answers; what is wrong with the answer otherwise.</returns>
    private async Task<string?> AskAsync(HttpClient client, string address, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            var wrong = "";
            try
            {
                using var answer = await client.GetAsync(new Uri(address), cancellationToken);
                wrong = Judge((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
                if (wrong is null)
                {
                    return null;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Nothing there yet.
            }

            if (time.GetElapsedTime(began) > patience)
            {
                return wrong;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task ForwardAsync(HttpClient client, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var forward = await PortForward.StartAsync(cluster.Kubectl, space, Service, port, time, cancellationToken);
            if (await AskAsync(client, new Uri(forward.Address, Path).ToString(), ForwardPatience, cancellationToken) is { } wrong)
            {
                throw Wrong("kubectl port-forward", wrong.Length > 0 ? wrong : "it does not answer");
            }
        }
        catch (IOException exception)
        {
            throw Wrong("kubectl port-forward", exception.Message);
        }
    }

    private static CommandFailedException Wrong(string address, string why) => new(
        ExitCode.ServiceFailed, $"all pods are ready, but the page is not as it should be at {address}: {why}. 'bookinfo status' and 'kubectl logs' say more.");

    [GeneratedRegex("Error fetching [a-z ]+")]
    private static partial Regex FetchError();
}
