using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>Which credentials of a kubeconfig are sent: as kubectl does, from the file to the request that arrives.</summary>
public sealed class KubeconfigCredentialTests : KubeconfigRuns
{
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
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "token"), "of-pod", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "ca.crt"), Authority.Pem, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "namespace"), "mine", Cancelled);
        await using var server = Server(Authority.Issue("127.0.0.1"));
        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];
        await using var run = CommandRun.Start(
            "unshare",
            [.. own, "/bin/sh", "-c", Enter, "sh", Folder.FullName, CommandRun.ToolAssembly, "status"],
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

    /// <summary>kubectl resolves them from where the file is that has the user, not from where it is called.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_relative_program_or_token_is_looked_for_beside_the_file(bool isProgram, bool merged)
    {
        await using var server = Server(Authority.Issue("127.0.0.1"));
        var elsewhere = Folder.CreateSubdirectory("elsewhere");
        foreach (var (directory, token) in new[] { (Folder, "right"), (elsewhere, "wrong") })
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
        await using var server = Server(Authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, user, setting));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.StartsWith("bookinfo: context 'first' of kubectl's configuration cannot be used: ", run.Messages);
        Assert.Contains(message, run.Messages);
        Assert.DoesNotContain(Heads, IsOurs);
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
        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "tok"), "tok", Cancelled);
        var (certificate, key) = Authority.IssueToClient("me");
        credentials = credentials == "certificate"
            ? $"client-certificate-data: {TestAuthority.Encode(certificate)}, client-key-data: {TestAuthority.Encode(key)}"
            : credentials;
        await using var server = Server(Authority.Issue("127.0.0.1"));
        await using var run = Run(Write(server, $"{{{credentials}, {UserOfProgram[1..]}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.Contains(sent ?? "GET /version", VersionRequest());
        Assert.Equal(sent is not null, VersionRequest().Contains("Authorization", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_of_OpenID_Connect_that_is_valid_is_sent()
    {
        var token = IdToken(TimeProvider.System.GetUtcNow().AddHours(1));
        await using var server = Server(Authority.Issue("127.0.0.1"));
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
        await using var server = Server(Authority.Issue("127.0.0.1"));
        var issuer = new UriBuilder("https", "127.0.0.1", server.Address.Port).Uri;
        await using var run = Run(Write(server, $"{{auth-provider: {{name: oidc, config: {{client-id: c, client-secret: s, "
            + $"refresh-token: r, idp-issuer-url: '{issuer}', id-token: {token}}}}}}}"));

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("its auth-provider 'oidc' has no id-token that is still valid. kubectl renews it, if it can, and stores it: run "
            + "'kubectl version' first", run.Messages);
        Assert.DoesNotContain(Heads, head => IsOurs(head) || head.StartsWith("POST ", StringComparison.Ordinal));
    }

    private static string IdToken(DateTimeOffset end) => string.Join('.', new[] { """{"alg":"RS256"}""", $$"""
        {"exp":{{end.ToUnixTimeSeconds()}}}
        """, "s" }.Select(part => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(part))));
}
