using k8s.Exceptions;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Which proxy leads to a cluster, by the rules that kubectl has from Go.</summary>
public sealed class ClusterProxyTests
{
    [Theory]
    [InlineData("https://192.0.2.2:6443", "192.0.2.0/24", false)]
    [InlineData("https://192.0.2.2:6443", "192.0.2.77/24", false)]
    [InlineData("https://192.0.2.130", "192.0.2.0/25", true)]
    [InlineData("https://[2001:db8::1]", "2001:db8::/32", false)]
    [InlineData("https://[2001:db8::1]", "2001:db8::1", false)]
    [InlineData("https://[2001:db8::1]", "[2001:db8::1]:443", false)]
    [InlineData("https://[2001:db8::1]", "192.0.2.0/24, x/y, 1.2.3.4/999", true)]
    [InlineData("https://192.0.2.2:6443", "192.0.2.2", false)]
    [InlineData("https://192.0.2.2:6443", "192.0.2.2:6443", false)]
    [InlineData("https://192.0.2.2:6443", "192.0.2.2:443", true)]
    [InlineData("https://api.example", "example", false)]
    [InlineData("https://api.example", ".example", false)]
    [InlineData("https://api.example", "*.example", false)]
    [InlineData("https://API.example", "other, api.EXAMPLE:443", false)]
    [InlineData("https://api.example", "api.example:80", true)]
    [InlineData("https://api.example", "pi.example", true)]
    [InlineData("https://example", ".example", true)]
    [InlineData("https://api.example", "*", false)]
    [InlineData("https://api.example", "", true)]
    [InlineData("https://localhost:6443", "", false)]
    [InlineData("https://127.0.0.2:6443", "", false)]
    [InlineData("https://[::1]:6443", "", false)]
    public void NO_PROXY_is_read_as_kubectl_reads_it(string server, string exceptions, bool isUsed)
    {
        var proxy = ClusterProxy.Find(
            new Uri(server), null, name => name switch { "HTTPS_PROXY" => "proxy:3128", "no_proxy" => exceptions, _ => null });

        Assert.Equal(isUsed ? new Uri("http://proxy:3128") : null, proxy?.Address);
    }

    [Theory]
    [InlineData("https://a.example", "http://s.example/")]
    [InlineData("http://a.example", "http://p.example:8080/")]
    public void Each_scheme_has_its_variable(string server, string proxy) =>
        Assert.Equal(proxy, ClusterProxy.Find(new Uri(server), null, name =>
            name switch { "https_proxy" => "s.example", "HTTP_PROXY" => "http://p.example:8080", _ => null })?.Address?.ToString());

    [Fact]
    public void The_configuration_comes_before_the_environment_and_its_password_is_not_part_of_the_address()
    {
        var proxy = ClusterProxy.Find(
            new Uri("https://127.0.0.1"), "socks5h://us%40er:pa%3Ass@p.example:1080", name => name == "NO_PROXY" ? "*" : "other.example");

        Assert.Equal("socks5://p.example:1080/", proxy?.Address?.ToString());
        var credentials = proxy!.Credentials!.GetCredential(proxy.Address!, "Basic")!;
        Assert.Equal(("us@er", "pa:ss"), (credentials.UserName, credentials.Password));
    }

    [Theory]
    [InlineData("ftp://u:secret@p.example")]
    [InlineData("http://")]
    [InlineData("secret")]
    public void What_is_not_the_address_of_a_proxy_is_refused_without_showing_it(string address) =>
        Assert.DoesNotContain(
            "secret",
            Assert.Throws<KubeConfigException>(() => ClusterProxy.Find(new Uri("https://a.example"), address, _ => null)).Message);
}
