using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>Which proxy is asked for the cluster of a kubeconfig, and what it gets to see.</summary>
public sealed class KubeconfigProxyTests : KubeconfigRuns
{
    private const string NeedsUser = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic "
        + "realm=\"p\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task User_and_password_of_the_proxy_are_sent_to_it()
    {
        await using var proxy = Server(null, NeedsUser);
        await using var server = Server(Authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, "{token: secret}", $", proxy-url: 'http://user:pa%40ss@127.0.0.1:{proxy.Address.Port}'"));

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        var credentials = Convert.ToBase64String("user:pa@ss"u8);
        Assert.Contains(Heads, head => head.StartsWith("CONNECT ", StringComparison.Ordinal)
            && head.Contains($"Proxy-Authorization: Basic {credentials}\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_reached_is_named_without_its_credentials()
    {
        using var closed = new ClosedPort();
        await using var server = Server(Authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, "{}", $", proxy-url: 'http://user:secret@127.0.0.1:{closed.Address.Port}'"));

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.Contains($" cannot be reached through the proxy http://127.0.0.1:{closed.Address.Port}: ", run.Messages);
        Assert.DoesNotContain("secret", run.Messages);
    }

    [Theory]
    [InlineData("192.0.2.2/24", false)]
    [InlineData("192.0.3.2/24", true)]
    public async Task A_range_of_addresses_in_NO_PROXY_keeps_the_token_from_the_proxy(string exceptions, bool isAsked)
    {
        await using var proxy = Server(null);
        // Nothing is there. It is enough who is asked.
        await using var run = Run(
            Write(new Uri("http://192.0.2.2:1"), "{}"), new() { ["HTTP_PROXY"] = $"{proxy.Address}", ["NO_PROXY"] = exceptions });

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.Equal(isAsked, Heads.Any(head => head.StartsWith("GET http://192.0.2.2:1/version", StringComparison.Ordinal)));
    }
}
