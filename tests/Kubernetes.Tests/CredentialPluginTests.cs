using System.Net.Security;
using System.Text;
using System.Text.Json.Nodes;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Users of a cluster who are signed in by a program, as those of the clouds are.</summary>
public sealed class CredentialPluginTests : IDisposable
{
    private const string Version = "client.authentication.k8s.io/v1";
    private const string Token = $$$"""{"apiVersion":"{{{Version}}}","kind":"ExecCredential","status":{"token":"t"}}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-credentials-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>The whole way, from a kubeconfig as kubectl reads it to the request that arrives.</summary>
    [Fact]
    public async Task The_token_that_it_gives_is_sent()
    {
        var heads = new List<string>();
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("127.0.0.1");
        await using var server = new LoopbackServer(async (connection, _, cancellationToken) =>
        {
            await using var stream = new SslStream(connection.GetStream());
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            var buffer = new byte[16384];
            var length = await stream.ReadAsync(buffer, cancellationToken);
            lock (heads)
            {
                heads.Add(Encoding.ASCII.GetString(buffer, 0, length));
            }

            await stream.WriteAsync(
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
        });
        var kubeconfig = Path.Combine(_directory.FullName, "config");
        var plugin = Plugin("echo 'a warning' >&2", Token.Replace("\"t\"", "\"$1 of $WHO\""));
        plugin["args"] = new JsonArray("two words");
        plugin["env"] = new JsonArray(new JsonObject { ["name"] = "WHO", ["value"] = "me" });
        plugin["interactiveMode"] = "IfAvailable";
        await File.WriteAllTextAsync(
            kubeconfig,
            $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "https://127.0.0.1:{{{server.Address.Port}}}",
              certificate-authority-data: {{{authority.Data}}}}}]
            users: [{name: me, user: {exec: {{{plugin.ToJsonString()}}}}}]
            contexts: [{name: first, context: {cluster: one, user: me}}]
            current-context: first
            """,
            TestContext.Current.CancellationToken);
        await using var run = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["status"], environment: new() { ["KUBECONFIG"] = kubeconfig });

        Assert.True(await run.ExitAsync() == ExitCode.ClusterUnreachable, run.ToString());
        Assert.Contains("answers 503", run.Messages);
        Assert.Contains(heads, head => head.StartsWith("GET /version", StringComparison.Ordinal)
            && head.Contains("\r\nAuthorization: Bearer two words of me\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_replaced_when_it_ends_and_not_before()
    {
        var count = Path.Combine(_directory.FullName, "count");
        string Counting(string end) =>
            $$$"""
            {"apiVersion":"{{{Version}}}","status":{
              "token":"'$(echo >>{{{count}}}; wc -l <{{{count}}})'","expirationTimestamp":"{{{end}}}"}}
            """;

        foreach (var (end, tokens) in new[]
        {
            ("2999-01-01T00:00:00Z", new[] { "1", "1", "1" }), ("2001-01-01T00:00:00Z", ["1", "2", "3"]),
        })
        {
            File.Delete(count);
            var user = new JsonObject();
            var plugin = new CredentialPlugin("c", Plugin("", Counting(end)), []);

            Assert.True(await plugin.SignInAsync(user, TestContext.Current.CancellationToken));
            var first = await plugin.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken);
            var second = await plugin.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken);

            Assert.Equal<string?[]>(tokens, [(string?)user["token"], first.Parameter, second.Parameter]);
            Assert.Equal("Bearer", first.Scheme);
        }
    }

    /// <summary>As a session that has to be renewed, or a network that is away: what needs no answer of the cluster goes on.</summary>
    [Fact]
    public async Task A_token_that_is_not_renewed_is_no_answer_and_may_pass()
    {
        var once = Path.Combine(_directory.FullName, "once");
        var plugin = new CredentialPlugin(
            "c",
            Plugin(
                $"[ ! -e {once} ] || {{ echo 'Error: session expired' >&2; exit 1; }}; touch {once}",
                $$$"""{"apiVersion":"{{{Version}}}","status":{"token":"t","expirationTimestamp":"2001-01-01T00:00:00Z"}}"""),
            []);
        var cancelled = TestContext.Current.CancellationToken;
        await plugin.SignInAsync([], cancelled);

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => plugin.GetAuthenticationHeaderAsync(cancelled));

        Assert.True(ClusterFailure.IsPassing(exception, cancelled));
        Assert.True(ClusterFailure.IsNoAnswer(exception, cancelled));
        var failure = ClusterFailure.Explain(exception, new Kubeconfig("c", null, new k8s.KubernetesClientConfiguration(), []), cancelled);
        Assert.Equal(FailureKind.ClusterUnreachable, failure!.Kind);
        Assert.EndsWith("failed: session expired.", failure.Message);
    }

    [Fact]
    public async Task A_certificate_is_taken_as_well()
    {
        var user = new JsonObject();
        var plugin = Plugin("", $$$"""{"apiVersion":"{{{Version}}}","status":{"clientCertificateData":"PEM","clientKeyData":"KEY"}}""");

        Assert.False(await new CredentialPlugin("c", plugin, []).SignInAsync(user, TestContext.Current.CancellationToken));
        Assert.Equal(["PEM", "KEY"], new[] { "client-certificate-data", "client-key-data" }.Select(
            name => Encoding.UTF8.GetString(Convert.FromBase64String((string)user[name]!))));
    }

    [Fact]
    public async Task It_is_told_what_it_asks_for()
    {
        const string Cluster = ""","cluster":{"server":"https://c","certificate-authority-data":"Q0E=","config":{"a":1}}""";
        var told = Path.Combine(_directory.FullName, "told");
        var cluster = JsonNode.Parse(
            """
            {
              "server":"https://c","certificate-authority-data":"Q0E=",
              "extensions":[{"name":"client.authentication.k8s.io/exec","extension":{"a":1}}]
            }
            """)!.AsObject();
        foreach (var provide in new[] { false, true })
        {
            var plugin = Plugin($"echo \"$KUBERNETES_EXEC_INFO\" >{told}", Token);
            plugin["provideClusterInfo"] = provide;
            await new CredentialPlugin("c", plugin, cluster).SignInAsync([], TestContext.Current.CancellationToken);

            Assert.Equal(
                $$$"""{"apiVersion":"{{{Version}}}","kind":"ExecCredential","spec":{"interactive":false"""
                    + (provide ? Cluster : "") + "}}",
                (await File.ReadAllTextAsync(told, TestContext.Current.CancellationToken)).Trim());
        }
    }

    /// <summary>It keeps something running for the next time, which holds its output.</summary>
    [Fact]
    public async Task It_is_not_waited_for_what_it_leaves_running()
    {
        var pid = Path.Combine(_directory.FullName, "pid");
        try
        {
            Assert.True(await new CredentialPlugin("c", Plugin($"sleep 3600 & echo $! >{pid}", Token), [])
                .SignInAsync([], TestContext.Current.CancellationToken));
        }
        finally
        {
            await Signal.SendAsync("KILL", int.Parse(await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken),
                System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("echo 'first'; echo 'error: your session has ended.' >&2; exit 1", Token, "your session has ended.")]
    [InlineData("exit 3", Token, "it ended with exit code 3.")]
    [InlineData("kill -KILL $$", Token, "it ended with exit code 137, SIGKILL.")]
    [InlineData("", "", "its output is not JSON.")]
    [InlineData("", "Please sign in", "its output is not JSON.")]
    [InlineData("", "null", $"its output is not an ExecCredential of {Version} with a status.")]
    [InlineData("", """
        {"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}
        """, $"its output is not an ExecCredential of {Version} with a status.")]
    [InlineData(
        "", $$$"""{"apiVersion":"{{{Version}}}","status":5}""", $"its output is not an ExecCredential of {Version} with a status.")]
    [InlineData("", $$$"""
        {"apiVersion":"{{{Version}}}","status":{"token":5}}
        """, "its output contains neither a token nor a certificate with its key.")]
    [InlineData("", $$$"""
        {"apiVersion":"{{{Version}}}","status":{"clientCertificateData":"x"}}
        """, "its output contains neither a token nor a certificate with its key.")]
    public async Task Its_failure_is_told_in_one_line(string script, string output, string why)
    {
        var plugin = Plugin(script, output);
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => new CredentialPlugin("c", plugin, []).SignInAsync([], TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.ClusterUnreachable, failure.Kind);
        Assert.Equal($"context 'c' of kubectl's configuration cannot be used: '{plugin["command"]}', which should sign you in, "
            + $"failed: {why}", failure.Message);
    }

    [Fact]
    public async Task Where_to_get_it_is_told_as_the_configuration_has_it()
    {
        var plugin = new JsonObject
        {
            ["apiVersion"] = Version,
            ["command"] = "nonesuch-auth-plugin",
            ["installHint"] = "Install nonesuch.",
        };
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => new CredentialPlugin("c", plugin, []).SignInAsync([], TestContext.Current.CancellationToken));

        Assert.EndsWith(
            "'nonesuch-auth-plugin', which should sign you in, failed: there is no such program. Install nonesuch.",
            failure.Message);
    }

    /// <summary>Makes one that does something, and then writes its answer.</summary>
    private JsonObject Plugin(string script, string output)
    {
        var file = Path.Combine(_directory.FullName, $"plugin-{Guid.NewGuid():N}");
        // Quoted so that the output can hold expansions behind a ' of its own.
        var text = output.Replace("$1", "'\"$1\"'", StringComparison.Ordinal).Replace("$WHO", "'\"$WHO\"'", StringComparison.Ordinal);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\necho '{text}'\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new JsonObject { ["apiVersion"] = Version, ["command"] = file };
    }
}
