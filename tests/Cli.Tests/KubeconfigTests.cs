using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// To whom the credentials of a kubeconfig are sent and which: as kubectl does, from the file to the request that arrives.
/// </summary>
public sealed class KubeconfigTests : IDisposable
{
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    private const string NeedsUser = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic "
        + "realm=\"p\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private const string UserOfProgram =
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plug, interactiveMode: Never}}";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-kubeconfig-");
    private readonly TestAuthority _authority = new();
    private readonly List<string> _heads = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_with_the_certificate_of_another_gets_no_credentials_though_the_same_authority_has_signed_it()
    {
        await using var server = Server(_authority.Issue("worker-7.example"));
        await using var run = Run(Write(server, "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains($"the cluster at https://127.0.0.1:{server.Address.Port} cannot be reached: its certificate is not trusted: it is "
            + $"for worker-7.example, not for 127.0.0.1.", run.Messages);
        Assert.DoesNotContain(_heads, IsOurs);
    }

    [Theory]
    [InlineData(false, -1, "it expired on ")]
    [InlineData(true, 1, "it is signed by an authority that the kubeconfig does not trust (CN=Somebody else)")]
    public async Task Why_a_certificate_is_not_trusted_is_told(bool stranger, int validDays, string reason)
    {
        using var other = new TestAuthority("Somebody else");
        await using var server = Server((stranger ? other : _authority).Issue("127.0.0.1", validDays));
        await using var run = Run(Write(server, "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains($"its certificate is not trusted: {reason}", run.Messages);
        Assert.Empty(_heads);
    }

    [Theory]
    [InlineData("127.0.0.1", "")]
    [InlineData("api.example", ", tls-server-name: api.example")]
    [InlineData("worker-7.example", ", insecure-skip-tls-verify: true")]
    public async Task A_server_with_the_right_certificate_gets_the_token(string name, string setting)
    {
        await using var server = Server(_authority.Issue(name));
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

    [Theory]
    [InlineData("{token: secret}")]
    [InlineData("{username: me, password: secret}")]
    [InlineData("{}")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: nonesuch, interactiveMode: Never}}")]
    public async Task Without_TLS_no_credentials_are_sent(string user)
    {
        await using var server = Server(null);
        await using var run = Run(Write(server, user, scheme: "http"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.DoesNotContain("Authorization", VersionRequest());
    }

    [Fact]
    public async Task User_and_password_of_the_proxy_are_sent_to_it()
    {
        await using var proxy = Server(null, NeedsUser);
        await using var server = Server(_authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, "{token: secret}", $", proxy-url: 'http://user:pa%40ss@127.0.0.1:{proxy.Address.Port}'"));

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        var credentials = Convert.ToBase64String("user:pa@ss"u8);
        Assert.Contains(_heads, head => head.StartsWith("CONNECT ", StringComparison.Ordinal)
            && head.Contains($"Proxy-Authorization: Basic {credentials}\r\n", StringComparison.Ordinal));
    }

    /// <summary>As CI runners and jobs do, and as kubectl does.</summary>
    [Fact]
    public async Task In_a_pod_without_a_configuration_its_ServiceAccount_is_used()
    {
        const string Enter = """
            set -e
            mount -t tmpfs none /run
            mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
            cp "$1"/token "$1"/ca.crt "$1"/namespace /var/run/secrets/kubernetes.io/serviceaccount
            shift
            exec dotnet "$@"
            """;
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "token"), "of-pod", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "ca.crt"), _authority.Pem, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "namespace"), "mine", Cancelled);
        await using var server = Server(_authority.Issue("127.0.0.1"));
        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];
        await using var run = CommandRun.Start(
            "unshare",
            [.. own, "/bin/sh", "-c", Enter, "sh", _directory.FullName, CommandRun.ToolAssembly, "status"],
            environment: new()
            {
                ["KUBECONFIG"] = "/proc/no-such/kubeconfig",
                ["KUBERNETES_SERVICE_HOST"] = "127.0.0.1",
                ["KUBERNETES_SERVICE_PORT"] = $"{server.Address.Port}",
            });

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains($"the cluster at https://127.0.0.1:{server.Address.Port} answers 503", run.Messages);
        Assert.Contains("Authorization: Bearer of-pod\r\n", VersionRequest());
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_reached_is_named_without_its_credentials()
    {
        using var closed = new ClosedPort();
        await using var server = Server(_authority.Issue("127.0.0.1"));
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
        Assert.Equal(isAsked, _heads.Any(head => head.StartsWith("GET http://192.0.2.2:1/version", StringComparison.Ordinal)));
    }

    /// <summary>kubectl resolves them from where the file is that has the user, not from where it is called.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_relative_program_or_token_is_looked_for_beside_the_file(bool isProgram, bool merged)
    {
        await using var server = Server(_authority.Issue("127.0.0.1"));
        var elsewhere = _directory.CreateSubdirectory("elsewhere");
        foreach (var (directory, token) in new[] { (_directory, "right"), (elsewhere, "wrong") })
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "tok"), token, Cancelled);
            var program = Path.Combine(directory.FullName, "plug");
            await File.WriteAllTextAsync(program, $$$"""
                #!/bin/sh
                echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{{token}}}"}}'
                """, Cancelled);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var user = isProgram ? UserOfProgram : "{tokenFile: tok}";
        var file = Write(server, user);
        if (merged)
        {
            var other = Path.Combine(elsewhere.FullName, "other");
            await File.WriteAllTextAsync(other, "{apiVersion: v1, kind: Config, users: [{name: somebody, user: {token: t}}]}", Cancelled);
            file = $"{other}:{file}";
        }

        await using var run = Run(file, directory: elsewhere.FullName);

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.Contains("Authorization: Bearer right\r\n", VersionRequest());
    }

    [Theory]
    [InlineData("{token: 'tökén'}", "", "the token contains a line break or another character that cannot be sent")]
    [InlineData("{tokenFile: nonesuch}", "", "nonesuch cannot be read, or no token is in it")]
    [InlineData(
        "{token: t}", ", proxy-url: 'ftp://p.example'",
        "proxy-url is not allowed: it must be the address of a proxy, such as http://proxy.example:3128")]
    public async Task What_cannot_be_used_is_told_without_asking_anybody(string user, string setting, string message)
    {
        await using var server = Server(_authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, user, setting));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.StartsWith("bookinfo: context 'first' of kubectl's configuration cannot be used: ", run.Messages);
        Assert.Contains(message, run.Messages);
        Assert.DoesNotContain(_heads, IsOurs);
    }

    /// <summary>A server that trusts the root alone cannot know who is between that and the client.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_shown_with_those_of_who_signed_it(bool isPlugin)
    {
        using var between = _authority.SignAuthority("Between");
        var (certificate, key) = between.IssueToClient("me");
        certificate = $"{certificate}\n{between.Pem}\n";
        var user = $"{{client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}}}";
        if (isPlugin)
        {
            WriteProgram(new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key }.ToJsonString());
            user = UserOfProgram;
        }

        await using var server = Server(_authority.Issue("127.0.0.1"), demandsClient: true);
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
        var (certificate, key) = _authority.IssueToClient("me");
        await using var server = Server(_authority.Issue("127.0.0.1"), answer: "");
        await using var run = Run(Write(server, hasCertificate
            ? $"{{client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}}}"
            : "{token: secret}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Equal(hasCertificate, run.Messages.Contains("it closed the connection after the TLS handshake (", StringComparison.Ordinal));
        Assert.Equal(
            hasCertificate,
            run.Messages.Contains("it may not accept the client certificate, which is valid until 2", StringComparison.Ordinal));
    }

    /// <summary>kubectl does not run it then either: it may be another user's, or need a person.</summary>
    [Theory]
    [InlineData("token: mine", "Authorization: Bearer mine\r\n")]
    [InlineData("tokenFile: tok", "Authorization: Bearer tok\r\n")]
    [InlineData("username: u, password: p", "Authorization: Basic dTpw\r\n")]
    [InlineData("certificate", null)]
    [InlineData("token: ''", "Authorization: Bearer plugin\r\n")]
    public async Task A_program_is_not_run_for_a_user_who_has_credentials(string credentials, string? sent)
    {
        WriteProgram("""{"token":"plugin"}""");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "tok"), "tok", Cancelled);
        var (certificate, key) = _authority.IssueToClient("me");
        credentials = credentials == "certificate"
            ? $"client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}"
            : credentials;
        await using var server = Server(_authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, $"{{{credentials}, {UserOfProgram[1..]}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.Contains(sent ?? "GET /version", VersionRequest());
        Assert.Equal(sent is not null, VersionRequest().Contains("Authorization", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_common_name_is_not_the_name_of_a_server()
    {
        await using var server = Server(_authority.Issue("localhost", isAlternative: false));
        await using var run = Run(Write(
            new UriBuilder("https", "localhost", server.Address.Port).Uri,
            "{token: secret}",
            $", certificate-authority-data: {_authority.Data}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains(
            "its certificate is not trusted: it has the name localhost as its common name only, not as a subject alternative name.",
            run.Messages);
        Assert.DoesNotContain(_heads, IsOurs);
    }

    /// <summary>As openssl s_client shows it.</summary>
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("worker-7.example", false)]
    public async Task A_certificate_that_the_kubeconfig_names_itself_is_trusted_for_its_name(string name, bool isTrusted)
    {
        using var between = _authority.SignAuthority("Between");
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

    [Fact]
    public async Task A_token_of_OpenID_Connect_that_is_valid_is_sent()
    {
        var token = IdToken(TimeProvider.System.GetUtcNow().AddHours(1));
        await using var server = Server(_authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, $"{{auth-provider: {{name: oidc, config: {{client-id: c, id-token: {token}}}}}}}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.Contains($"Authorization: Bearer {token}\r\n", VersionRequest());
    }

    /// <summary>A refresh token is often good only once: whoever uses it must store the next, as kubectl does.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(null)]
    public async Task A_token_of_OpenID_Connect_that_has_ended_is_left_to_kubectl_to_renew(int? hours)
    {
        var token = hours is { } end ? IdToken(TimeProvider.System.GetUtcNow().AddHours(end)) : "none";
        await using var server = Server(_authority.Issue("127.0.0.1"));
        var issuer = new UriBuilder("https", "127.0.0.1", server.Address.Port).Uri;
        await using var run = Run(Write(server, $"{{auth-provider: {{name: oidc, config: {{client-id: c, client-secret: s, "
            + $"refresh-token: r, idp-issuer-url: '{issuer}', id-token: {token}}}}}}}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("its auth-provider 'oidc' has no id-token that is still valid. kubectl renews it, if it can, and stores it: run "
            + "'kubectl version' first", run.Messages);
        Assert.DoesNotContain(_heads, head => IsOurs(head) || head.StartsWith("POST ", StringComparison.Ordinal));
    }

    private static string IdToken(DateTimeOffset end) => string.Join('.', new[] { """{"alg":"RS256"}""", $$"""
        {"exp":{{end.ToUnixTimeSeconds()}}}
        """, "s" }.Select(part => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(part))));

    /// <summary>Writes the program that <see cref="UserOfProgram"/> signs in with.</summary>
    private void WriteProgram(string status)
    {
        var program = Path.Combine(_directory.FullName, "plug");
        File.WriteAllText(program, $$"""
            #!/bin/sh
            cat <<'END'
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{status}}}
            END

            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static CommandRun Run(string kubeconfig, Dictionary<string, string>? environment = null, string? directory = null) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "status"], directory,
            new Dictionary<string, string>(environment ?? []) { ["KUBECONFIG"] = kubeconfig });

    /// <summary>What was asked first. Some kubectl asks as well, on its own account and with a query.</summary>
    private string VersionRequest() => _heads.First(IsOurs);

    private static bool IsOurs(string head) =>
        head.StartsWith("GET /version HTTP", StringComparison.Ordinal) || head.StartsWith("GET /version/ HTTP", StringComparison.Ordinal);

    private string Write(LoopbackServer server, string user, string setting = "", bool withAuthority = true, string scheme = "https") =>
        Write(
            new UriBuilder(scheme, "127.0.0.1", server.Address.Port).Uri,
            user,
            setting + (withAuthority ? $", certificate-authority-data: {_authority.Data}" : ""));

    private string Write(Uri server, string user, string setting = "")
    {
        var file = Path.Combine(_directory.FullName, "config");
        File.WriteAllText(file, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "{{{server.ToString().TrimEnd('/')}}}"{{{setting}}}}}]
            users: [{name: me, user: {{{user}}}}]
            contexts: [{name: first, context: {cluster: one, user: me}}]
            current-context: first
            """);
        return file;
    }

    /// <summary>A server that writes down what it is asked, and never has anything.</summary>
    /// <param name="certificate">Its certificate; without one it does not speak TLS.</param>
    /// <param name="answer">What it answers.</param>
    /// <param name="sentWith">The authority whose certificate it sends with its own.</param>
    /// <param name="demandsClient">Whether it answers only those who show a certificate that leads to the authority.</param>
    private LoopbackServer Server(
        X509Certificate2? certificate,
        string answer = Unavailable,
        TestAuthority? sentWith = null,
        bool demandsClient = false) => new(async (client, _, cancellationToken) =>
    {
        Stream stream = client.GetStream();
        if (certificate is not null)
        {
            var tls = new SslStream(stream);
            stream = tls;
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, sentWith?.Certificates, offline: true),
            };
            if (demandsClient)
            {
                options.ClientCertificateRequired = true;
                options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                };
                _authority.TrustIn(options.CertificateChainPolicy);
            }

            try
            {
                await tls.AuthenticateAsServerAsync(options, cancellationToken);
            }
            catch (AuthenticationException)
            {
                // One of the two did not like the other.
                return;
            }
        }

        var buffer = new byte[16384];
        var length = await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, cancellationToken);
        if (length > 0)
        {
            lock (_heads)
            {
                _heads.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, length));
            }

            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), cancellationToken);
        }
    });
}
