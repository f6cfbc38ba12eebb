using System.Text.Json.Nodes;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Which servers get the credentials of a kubeconfig, by their certificates, and which certificates the client shows them.
/// </summary>
public sealed class KubeconfigCertificateTests : KubeconfigRuns
{
    [Fact]
    public async Task A_server_with_the_certificate_of_another_gets_no_credentials_though_the_same_authority_has_signed_it()
    {
        await using var server = Server(Authority.Issue("worker-7.example"));
        await using var run = Run(Write(server, "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains($"the cluster at https://127.0.0.1:{server.Address.Port} cannot be reached: its certificate is not trusted: it is "
            + $"for worker-7.example, not for 127.0.0.1.", run.Messages);
        Assert.DoesNotContain(Heads, IsOurs);
    }

    [Theory]
    [InlineData(false, -1, "it expired on ")]
    [InlineData(true, 1, "it is signed by an authority that the kubeconfig does not trust (CN=Somebody else)")]
    public async Task Why_a_certificate_is_not_trusted_is_told(bool stranger, int validDays, string reason)
    {
        using var other = new TestAuthority("Somebody else");
        await using var server = Server((stranger ? other : Authority).Issue("127.0.0.1", validDays));
        await using var run = Run(Write(server, "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains($"its certificate is not trusted: {reason}", run.Messages);
        Assert.Empty(Heads);
    }

    [Theory]
    [InlineData("127.0.0.1", "")]
    [InlineData("api.example", ", tls-server-name: api.example")]
    [InlineData("worker-7.example", ", insecure-skip-tls-verify: true")]
    public async Task A_server_with_the_right_certificate_gets_the_token(string name, string setting)
    {
        await using var server = Server(Authority.Issue(name));
        await using var run = Run(
            Write(server, "{token: secret}", setting, withAuthority: !setting.Contains("insecure", StringComparison.Ordinal)));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503: Service Unavailable", run.Messages);
        Assert.Contains("Authorization: Bearer secret\r\n", VersionRequest());
    }

    [Fact]
    public async Task Plain_http_behind_https_is_told_and_so_is_the_reverse()
    {
        await using var plain = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, cancellationToken);
            await LoadServer.SendAsync(
                client.GetStream(),
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 48\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
                cancellationToken);
        });
        foreach (var (scheme, message) in new[]
        {
            (
                "https",
                "cannot be reached: TLS failed, perhaps because the server speaks plain http: check whether the configuration should say "
                + "http://."),
            ("http", "cannot be reached: it expects TLS, but the configuration says http:// instead of https://."),
        })
        {
            await using var run = Run(Write(plain, "{token: secret}", scheme: scheme));

            Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
            Assert.Contains(message, run.Messages);
        }
    }

    /// <summary>A server that trusts the root alone cannot know who is between that and the client.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_shown_with_those_of_who_signed_it(bool isPlugin)
    {
        using var between = Authority.SignAuthority("Between");
        var (certificate, key) = between.IssueToClient("me");
        certificate = $"{certificate}\n{between.Pem}\n";
        var user = $"{{client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}}}";
        if (isPlugin)
        {
            WriteProgram(new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key }.ToJsonString());
            user = UserOfProgram;
        }

        await using var server = Server(Authority.Issue("127.0.0.1"), demandsClient: true);
        await using var run = Run(Write(server, user));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.DoesNotContain("Authorization", VersionRequest());
    }

    /// <summary>Servers of TLS 1.3 look at the certificate when the client is done.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_ends_the_connection_may_not_like_the_client_certificate(bool hasCertificate)
    {
        var (certificate, key) = Authority.IssueToClient("me");
        await using var server = Server(Authority.Issue("127.0.0.1"), answer: "");
        await using var run = Run(Write(server, hasCertificate
            ? $"{{client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}}}"
            : "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Equal(hasCertificate, run.Messages.Contains("it closed the connection after the TLS handshake (", StringComparison.Ordinal));
        Assert.Equal(
            hasCertificate,
            run.Messages.Contains("it may not accept the client certificate, which is valid until 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_common_name_is_not_the_name_of_a_server()
    {
        await using var server = Server(Authority.Issue("localhost", isAlternative: false));
        await using var run = Run(Write(
            new UriBuilder("https", "localhost", server.Address.Port).Uri,
            "{token: secret}",
            $", certificate-authority-data: {Authority.Data}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains(
            "its certificate is not trusted: it has the name localhost as its common name only, not as a subject alternative name.",
            run.Messages);
        Assert.DoesNotContain(Heads, IsOurs);
    }

    /// <summary>As openssl s_client shows it.</summary>
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("worker-7.example", false)]
    public async Task A_certificate_that_the_kubeconfig_names_itself_is_trusted_for_its_name(string name, bool isTrusted)
    {
        using var between = Authority.SignAuthority("Between");
        using var certificate = between.Issue(name);
        await using var server = Server(certificate, sentWith: between);
        await using var run = Run(Write(
            new UriBuilder("https", "127.0.0.1", server.Address.Port).Uri,
            "{token: secret}",
            $", certificate-authority-data: {TestAuthority.Encode(certificate.ExportCertificatePem())}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Equal(isTrusted, run.Messages.Contains("answers 503", StringComparison.Ordinal));
        Assert.Equal(!isTrusted, run.Messages.Contains("it is for worker-7.example, not for 127.0.0.1.", StringComparison.Ordinal));
    }
}
