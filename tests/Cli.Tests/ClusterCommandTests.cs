using System.Net;
using System.Net.Sockets;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>How the commands for a cluster fail where there is none.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-kubeconfig-");

    public static TheoryData<string> Commands => ["deploy", "status", "delete"];

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_a_configuration_it_says_where_it_looked(string command)
    {
        var file = Path.Combine(_directory.FullName, "missing");
        await using var run = Run(file, command);

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.Equal($"bookinfo: no cluster is configured: KUBECONFIG names {file}, where no context is defined. Set KUBECONFIG to the "
            + $"file that came with the cluster.\n", run.Messages);
        Assert.Empty(run.Output);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_unknown_context_is_refused_with_those_that_there_are(string command)
    {
        await using var run = Run(Write("https://127.0.0.1:1"), command, "--context", "other");

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.Equal("bookinfo: --context 'other' is not in kubectl's configuration. Available contexts: first, second.\n", run.Messages);
    }

    [Fact]
    public async Task Without_a_current_context_it_says_how_to_choose_one()
    {
        var file = Write("https://127.0.0.1:1");
        await File.WriteAllTextAsync(
            file,
            (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace(
                "current-context: first", "current-context: ''"),
            TestContext.Current.CancellationToken);
        await using var run = Run(file, "status");

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.Contains("has no current context: choose one with --context", run.Messages);
    }

    [Fact]
    public async Task A_configuration_that_is_none_is_said()
    {
        var file = Path.Combine(_directory.FullName, "config");
        await File.WriteAllTextAsync(file, "clusters: [", TestContext.Current.CancellationToken);
        await using var run = Run(file, "status");

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.StartsWith("bookinfo: kubectl's configuration cannot be read: ", run.Messages);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_cluster_that_refuses_connections_is_named(string command)
    {
        using var closed = new ClosedPort();
        await using var run = Run(Write($"https://127.0.0.1:{closed.Address.Port}"), command);

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: the cluster at https://127.0.0.1:{closed.Address.Port} cannot be reached: Connection refused. Is it "
            + $"running, and is context 'first' the right one?", run.Messages);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_cluster_that_does_not_answer_is_given_up(string command)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://{silent.LocalEndpoint}";
        await using var run = Run(Write(address), command);

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: the cluster at {address} cannot be reached: no answer in time.", run.Messages);
    }

    [Fact]
    public async Task Ctrl_C_while_connecting_ends_it()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var run = Run(Write($"http://{silent.LocalEndpoint}"), "deploy");
        using var connection = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await run.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Equal("Interrupted. Nothing was applied.\n", run.Messages);
        await run.NothingSurvivesAsync();
    }

    [Theory]
    [InlineData("401 Unauthorized", ExitCode.NotAllowed, "does not accept the credentials of context 'first'")]
    [InlineData("502 Bad Gateway", ExitCode.ClusterUnreachable, "answers 502")]
    [InlineData("200 OK", ExitCode.ClusterUnreachable, "cannot be reached: what answers there is not a Kubernetes API server.")]
    public async Task What_the_cluster_answers_to_the_first_question_is_told(string status, int exitCode, string message)
    {
        await using var server = new LoopbackServer(
            (connection, _, cancellationToken) => AnswerAsync(connection, status, [], cancellationToken));
        await using var run = Run(Write(server.Address.ToString()), "status");

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.Contains(message, run.Messages);
    }

    [Fact]
    public async Task The_user_to_act_as_is_sent()
    {
        var heads = new List<List<string>>();
        await using var server = new LoopbackServer(
            (connection, _, cancellationToken) => AnswerAsync(connection, "503 Service Unavailable", heads, cancellationToken));
        await using var run = Run(
            Write(server.Address.ToString(), "{as: me, as-groups: [one, two], as-user-extra: {reason: [test]}}"), "status");

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        // Some kubectl asks as well, on its own account and with a query.
        var head = heads.Single(one => one[0] is "GET /version HTTP/1.1" or "GET /version/ HTTP/1.1");
        Assert.Contains("Impersonate-User: me", head);
        Assert.Contains(head, line => line.StartsWith("Impersonate-Group: one"));
        Assert.Contains("Impersonate-Extra-reason: test", head);
    }

    [Fact]
    public async Task The_proxy_of_the_configuration_is_used()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var file = Write("https://cluster.invalid");
        await File.WriteAllTextAsync(
            file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("cluster: {", $"cluster: {{proxy-url: "
                + $"'http://{proxy.LocalEndpoint}', "), TestContext.Current.CancellationToken);
        await using var run = Run(file, "status");
        using var connection = await proxy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection.GetStream());

        Assert.Equal("CONNECT cluster.invalid:443 HTTP/1.1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_kubectl_it_says_where_to_get_it(string command)
    {
        var tools = Directory.CreateDirectory(Path.Combine(_directory.FullName, "bin"));
        await using var run = Run(Write("https://127.0.0.1:1"), tools, command);

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.StartsWith(
            "bookinfo: kubectl is not installed (no 'kubectl' in PATH): install it (https://kubernetes.io/docs/tasks/tools", run.Messages);
    }

    [Fact]
    public async Task A_kubectl_that_is_too_old_is_refused()
    {
        var tools = await KubectlAsync("""version) echo '{"clientVersion": {"gitVersion": "v1.21.14"}}' ;;""");
        await using var run = Run(Write("https://127.0.0.1:1"), tools, "deploy");

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.StartsWith("bookinfo: kubectl 1.21 is too old: ", run.Messages);
        Assert.Contains("Install version 1.22 or newer", run.Messages);
    }

    /// <summary>The configuration is read while the manifests are rendered: when the one fails, the other must not stay behind.</summary>
    [Fact]
    public async Task No_kubectl_survives_the_failure_of_another()
    {
        var begun = Path.Combine(_directory.FullName, "begun");
        await using var run = Run(Write("https://127.0.0.1:1"), await KubectlAsync(
            $"""
            kustomize) until [ -e '{begun}' ]; do :; done; exit 1 ;;
            config) : >'{begun}'; exec /bin/sleep 3600 ;;
            """), "deploy");

        Assert.NotEqual(ExitCode.Success, await run.ExitAsync());
        Assert.StartsWith("bookinfo: ", run.Messages);
        Assert.Empty(run.Alive);
    }

    [Fact]
    public async Task No_kubectl_survives_a_Ctrl_C_that_ends_two()
    {
        await using var run = Run(
            Write("https://127.0.0.1:1"), await KubectlAsync("kustomize | config) exec /bin/sleep 3600 ;;"), "deploy");
        await Eventually.HoldsAsync(() =>
        {
            var alive = run.Alive;
            Assert.True(alive.Count > 0, run.ToString());
            return alive.Count(process => process.Name == "sleep") == 2 ? "" : "both";
        });

        await run.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Equal("Interrupted. Nothing was applied.\n", run.Messages);
        Assert.Empty(run.Alive);
    }

    [Theory]
    [InlineData("--overlay '/nowhere' is not allowed: it must be a directory with a kustomization.yaml", "deploy", "--overlay", "/nowhere")]
    [InlineData("--component 'nonesuch' is not allowed: ", "deploy", "--component", "nonesuch")]
    [InlineData("--timeout '2' is not allowed: it must be a duration such as 30s, 2m or 1m30s", "deploy", "--timeout", "2")]
    [InlineData("--timeout '0s' is not allowed", "delete", "--timeout", "0s")]
    [InlineData("--namespace 'A_b' is not allowed: it must be 1 to 63 of a-z, 0-9 and -", "status", "--namespace", "A_b")]
    [InlineData("--registry 'https://r' is not allowed: it must be a registry's host and a path", "deploy", "--registry", "https://r")]
    [InlineData("--tag 'a b' is not allowed: it must be 1 to 128 letters, digits", "deploy", "--tag", "a b")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "status", "--output", "xml")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = Run(Write("https://127.0.0.1:1"), arguments);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task An_overlay_without_a_kustomization_is_refused_in_kustomizes_words()
    {
        await using var run = Run(Write("https://127.0.0.1:1"), "deploy", "--overlay", _directory.FullName);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains("cannot be rendered: ", run.Messages);
        Assert.Contains("unable to find one of 'kustomization.yaml'", run.Messages);
    }

    private static async Task AnswerAsync(
        TcpClient connection, string status, List<List<string>> heads, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(connection.GetStream());
        var head = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            head.Add(line);
        }

        lock (heads)
        {
            heads.Add(head);
        }

        await connection.GetStream().WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), cancellationToken);
    }

    /// <summary>Makes a directory with a kubectl that does what is said for some verbs and nothing for the others.</summary>
    /// <param name="cases">The verbs, as cases of the shell's.</param>
    private async Task<DirectoryInfo> KubectlAsync(string cases)
    {
        var tools = Directory.CreateDirectory(Path.Combine(_directory.FullName, "bin"));
        var kubectl = Path.Combine(tools.FullName, "kubectl");
        await File.WriteAllTextAsync(kubectl, $"#!/bin/sh\ncase $1 in\n{cases}\nesac\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return tools;
    }

    private static CommandRun Run(string kubeconfig, params string[] arguments) =>
        CommandRun.Start(Path.Combine(WorkingCopy.Root, "bookinfo"), arguments, environment: new() { ["KUBECONFIG"] = kubeconfig });

    /// <summary>With no more in PATH than what the launcher needs, and what is in a directory.</summary>
    private static CommandRun Run(string kubeconfig, DirectoryInfo tools, params string[] arguments)
    {
        foreach (var tool in new[] { "bash", "dirname", "find", "grep", "dotnet", "setsid" })
        {
            File.CreateSymbolicLink(
                Path.Combine(tools.FullName, tool),
                Environment.GetEnvironmentVariable("PATH")!.Split(':')
                    .Select(directory => Path.Combine(directory, tool)).First(File.Exists));
        }

        return CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), arguments,
            environment: new() { ["KUBECONFIG"] = kubeconfig, ["PATH"] = tools.FullName });
    }

    private string Write(string server, string user = "{token: secret}")
    {
        var file = Path.Combine(_directory.FullName, "config");
        File.WriteAllText(file, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "{{{server}}}"}}]
            users: [{name: me, user: {{{user}}}}]
            contexts: [{name: second, context: {cluster: one, user: me}}, {name: first, context: {cluster: one, user: me}}]
            current-context: first
            """);
        return file;
    }
}
