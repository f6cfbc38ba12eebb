using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>A route to a Service outlives the pod to which it leads.</summary>
public sealed class ServiceForwardTests : IDisposable
{
    private readonly FakeTools _tools = new();

    private string Calls => Path.Combine(_tools.Path, "calls");

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task It_is_opened_again_at_the_same_address_when_kubectl_has_ended()
    {
        // The first one ends with its pod, then no pod is ready once.
        _tools.Add("kubectl", $"""
            echo "$*" >>{Calls}
            case $(/usr/bin/wc -l <{Calls}) in
            1) echo 'Forwarding from 127.0.0.1:5001 -> 9080' ;;
            2) echo 'error: unable to forward port because pod is not running' >&2; exit 1 ;;
            *) echo 'Forwarding from 127.0.0.1:5001 -> 9080'; exec /bin/sleep 1000 ;;
            esac
            """);
        using var forward = await ServiceForward.StartAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), "bookinfo", "productpage", 9080, TimeProvider.System,
            TestContext.Current.CancellationToken);

        Assert.Equal(new Uri("http://127.0.0.1:5001"), forward.Address);
        await Eventually.HoldsAsync("It is not opened again.", () => File.ReadLines(Calls).Count() == 3);
        const string Arguments = "port-forward --namespace bookinfo --address 127.0.0.1 service/productpage ";
        Assert.Equal([$"{Arguments}:9080", $"{Arguments}5001:9080", $"{Arguments}5001:9080"], File.ReadLines(Calls));
    }

    [Fact]
    public async Task A_port_that_cannot_be_is_told_of()
    {
        _tools.Add("kubectl", "echo 'Forwarding from 127.0.0.1:99999 -> 9080'; exec /bin/sleep 1000");

        var failure = await Assert.ThrowsAsync<IOException>(() => PortForward.StartAsync(
            new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), "bookinfo", "service/productpage", 9080, TimeProvider.System,
            TestContext.Current.CancellationToken));

        Assert.Equal("kubectl names a port that cannot be: Forwarding from 127.0.0.1:99999 -> 9080", failure.Message);
    }
}
