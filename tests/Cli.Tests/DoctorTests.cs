using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo doctor</c> as a process, on machines that lack this or that.</summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly string[] Purposes = ["up", "images build", "deploy"];
    private static readonly string[] States = ["ok", "warning", "problem", "notChecked"];

    private readonly FakeTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task Without_kubectl_a_local_run_is_fine_and_it_says_what_to_get()
    {
        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ExitCode.ProblemFound, exitCode);
        Assert.Equal("ok", State(checks, ".NET SDK"));
        Assert.Equal(("problem", "there is no kubectl in PATH"), (State(checks, "kubectl"), Detail(checks, "kubectl")));
        Assert.Contains("https://kubernetes.io/docs/tasks/tools", checks["kubectl"].GetProperty("advice").GetString());
        Assert.Equal("sudo snap install kubectl --classic", checks["kubectl"].GetProperty("commands")[0].GetString());
        foreach (var later in new[]
        {
            "manifests", "configuration", "cluster", "nodes", "rights", "namespace", "quota", "images", "NodePort", "metrics",
        })
        {
            Assert.Equal(("notChecked", "needs 'kubectl' to be in order"), (State(checks, later), Detail(checks, later)));
        }
    }

    [Fact]
    public async Task An_old_kubectl_is_a_problem()
    {
        _tools.AddKubectl("http://127.0.0.1:1", version: "v1.21.14");

        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ExitCode.ProblemFound, exitCode);
        Assert.Equal("problem", State(checks, "kubectl"));
        Assert.StartsWith("1.21 is too old", Detail(checks, "kubectl"));
        Assert.Equal("notChecked", State(checks, "cluster"));
    }

    [Theory]
    [InlineData("echo nothing")]
    [InlineData("exit 1")]
    [InlineData("""echo '{"clientVersion":{"gitVersion":"new"}}'""")]
    public async Task A_kubectl_that_does_not_work_is_a_problem(string script)
    {
        _tools.Add("kubectl", script);

        var (_, checks) = await DoctorAsync();

        Assert.Equal("problem", State(checks, "kubectl"));
        Assert.EndsWith("kubectl does not report its version", Detail(checks, "kubectl"));
    }

    [Fact]
    public async Task A_kubectl_that_hangs_is_given_up_and_ended()
    {
        _tools.Add("kubectl", "exec /bin/sleep 600");
        await using var run = Start("--output", "json");

        Assert.Equal(ExitCode.ProblemFound, await run.ExitAsync());

        Assert.StartsWith("no answer within ", Detail(Parse(run), "kubectl"));
        await run.NothingSurvivesAsync();
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("")]
    [InlineData("apiVersion: shop/v1\nkind: Basket\n")]
    [InlineData("a: [[[[", 20_000)]
    public async Task Manifests_that_cannot_be_rendered_are_a_problem(string rendered, int times = 1)
    {
        _tools.AddKubectl("http://127.0.0.1:1", manifests: string.Concat(Enumerable.Repeat(rendered, times)));

        var (_, checks) = await DoctorAsync();

        Assert.Equal("problem", State(checks, "manifests"));
        Assert.Contains("deploy/overlays/nodeport cannot be rendered", Detail(checks, "manifests"));
    }

    [Fact]
    public async Task Without_a_configuration_it_says_where_one_was_looked_for()
    {
        _tools.AddKubectl(server: null);

        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ExitCode.ProblemFound, exitCode);
        Assert.Equal("problem", State(checks, "configuration"));
        Assert.StartsWith("no cluster is configured", Detail(checks, "configuration"));
        Assert.Equal("ok", State(checks, "manifests"));
        Assert.Equal("needs 'configuration' to be in order", Detail(checks, "nodes"));
    }

    [Fact]
    public async Task An_unknown_context_lists_those_that_there_are()
    {
        _tools.AddKubectl("http://127.0.0.1:1");

        var (_, checks) = await DoctorAsync("--context", "elsewhere");

        Assert.Equal("problem", State(checks, "configuration"));
        Assert.Contains("'elsewhere' is not in kubectl's configuration. Available contexts: fake, other.", Detail(checks, "configuration"));
    }

    [Fact]
    public async Task A_cluster_that_nothing_listens_for_is_a_problem()
    {
        // Port 1 belongs to nobody.
        _tools.AddKubectl("http://127.0.0.1:1");

        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ExitCode.ProblemFound, exitCode);
        Assert.Contains("the cluster at http://127.0.0.1:1", Detail(checks, "cluster"));
        Assert.Contains("Connection refused", Detail(checks, "cluster"));
        Assert.Equal("needs 'cluster' to be in order", Detail(checks, "rights"));
    }

    [Fact]
    public async Task A_cluster_that_hangs_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _tools.AddKubectl($"http://{listener.LocalEndpoint}");

        var (exitCode, checks) = await DoctorAsync();

        Assert.Equal(ExitCode.ProblemFound, exitCode);
        Assert.Contains("does not answer within 8 s", Detail(checks, "cluster"));
        Assert.Equal("kubectl cluster-info", checks["cluster"].GetProperty("commands")[0].GetString());
    }

    [Fact]
    public async Task Ctrl_C_ends_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _tools.AddKubectl($"http://{listener.LocalEndpoint}");
        await using var run = Start();
        // It has got as far as the cluster.
        using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await run.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Equal("Interrupted.", run.Messages.Trim());
        Assert.Empty(run.Output);
        await run.NothingSurvivesAsync();
    }

    [Fact]
    public async Task With_nothing_to_build_with_it_says_what_to_install()
    {
        var (_, checks) = await DoctorAsync();

        Assert.Equal("warning", State(checks, "image builder"));
        Assert.StartsWith("nothing that builds images in PATH", Detail(checks, "image builder"));
        Assert.Equal("sudo apt-get install buildah", checks["image builder"].GetProperty("commands")[0].GetString());
        Assert.Equal(
            ("warning", "there is neither clang nor gcc in PATH"), (State(checks, "native compiler"), Detail(checks, "native compiler")));
        Assert.Equal("sudo apt-get install clang zlib1g-dev", checks["native compiler"].GetProperty("commands")[0].GetString());
    }

    [Theory]
    [InlineData("buildah", "echo 'buildah version 1.28.2 (image-spec 1.0)'", "ok", "buildah 1.28.2")]
    [InlineData("buildah", "exit 1", "warning", "does not run")]
    [InlineData("podman", "echo 'podman version 5.0.0-rc1'", "ok", "podman 5.0.0")]
    [InlineData("docker", "case $1 in --version) echo 'Docker version 27.1.1, build 1' ;; esac", "ok", "docker 27.1.1")]
    [InlineData("docker", "case $1 in version) ;; *) exit 1 ;; esac", "warning", "docker has no plugin buildx")]
    [InlineData(
        "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1", "warning",
        "does not work (Cannot connect to the Docker daemon)")]
    [InlineData("docker", "exec /bin/sleep 600", "warning", "its daemon does not answer")]
    public async Task Builders_are_tried(string name, string script, string state, string detail)
    {
        _tools.Add(name, script);

        var (_, checks) = await DoctorAsync();

        Assert.Equal(state, State(checks, "image builder"));
        Assert.Contains(detail, Detail(checks, "image builder"));
    }

    [Theory]
    [InlineData("clang", "echo 'Debian clang version 14.0.6'", "ok", "clang 14.0.6, with zlib's headers")]
    [InlineData("gcc", "echo 'gcc (Debian 12.2.0-14) 12.2.0'", "ok", "gcc 12.2.0, with zlib's headers")]
    [InlineData("clang", "case $* in *zlib.h*) exit 1 ;; *) echo 14.0.6 ;; esac", "warning", "zlib's headers are missing")]
    [InlineData("clang", "exit 127", "warning", "clang does not run")]
    public async Task Compilers_are_tried(string name, string script, string state, string detail)
    {
        _tools.Add(name, script);

        var (_, checks) = await DoctorAsync();

        Assert.Equal(state, State(checks, "native compiler"));
        Assert.EndsWith(detail, Detail(checks, "native compiler"));
    }

    [Fact]
    public async Task With_a_cluster_that_has_everything_the_exit_code_is_0()
    {
        using var cluster = new FakeCluster();
        _tools.AddKubectl(cluster.Url);

        var (exitCode, checks) = await DoctorAsync("deploy");

        Assert.True(exitCode == ExitCode.Success, string.Join('\n', checks.Values));
        Assert.All(checks.Values, check => Assert.Equal(
            ("deploy", "ok"), (check.GetProperty("for").GetString(), check.GetProperty("state").GetString())));
    }

    /// <summary>There is no cluster, no kubectl and no compiler here.</summary>
    [Theory]
    [InlineData("up", "up", ".NET SDK", "local ports", "Prometheus", "Aspire dashboard")]
    [InlineData("images", "images build", "native compiler", "image builder")]
    [InlineData("IMAGES", "images build", "native compiler", "image builder")]
    public async Task It_looks_at_what_the_command_needs_that_it_is_asked_for(string command, string purpose, params string[] names)
    {
        var (exitCode, checks) = await DoctorAsync(command);

        Assert.Equal(names, checks.Keys);
        Assert.All(checks.Values, check => Assert.Equal(purpose, check.GetProperty("for").GetString()));
        // Whether ports are taken is up to this machine.
        Assert.Equal(
            checks.Values.Any(check => check.GetProperty("state").GetString() == "problem") ? ExitCode.ProblemFound : ExitCode.Success,
            exitCode);
    }

    [Fact]
    public async Task The_summary_is_about_what_it_was_asked_for()
    {
        await using var run = Start("images");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.StartsWith("To build images", run.Output, StringComparison.Ordinal);
        Assert.Equal("bookinfo images build: no definite problem; 2 warnings.", run.Messages.Trim());
    }

    [Fact]
    public async Task Without_Prometheus_it_says_who_needs_it()
    {
        var (_, checks) = await DoctorAsync("up");

        Assert.Equal(("warning", "there is no prometheus in PATH"), (State(checks, "Prometheus"), Detail(checks, "Prometheus")));
        Assert.StartsWith("Only 'bookinfo up --prometheus' needs it.", checks["Prometheus"].GetProperty("advice").GetString());
        Assert.Equal("sudo apt-get install prometheus", checks["Prometheus"].GetProperty("commands")[0].GetString());
    }

    [Theory]
    [InlineData("echo 'prometheus, version 2.42.0+ds (branch: debian/sid)'", "2.42.0; its port ")]
    [InlineData("exit 1", "prometheus does not run")]
    public async Task Prometheus_is_asked_for_its_version(string script, string detail)
    {
        _tools.Add("prometheus", script);

        var (_, checks) = await DoctorAsync("up");

        Assert.Contains(detail, Detail(checks, "Prometheus"));
    }

    [Fact]
    public async Task Json_is_one_object()
    {
        await using var run = Start("deploy", "--output", "json");

        await run.ExitAsync();
        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Empty(run.Messages);
        Assert.Equal(["problems", "warnings", "checks"], root.EnumerateObject().Select(property => property.Name));
        var checks = root.GetProperty("checks").EnumerateArray().ToList();
        Assert.Equal(checks.Count(check => check.GetProperty("state").GetString() == "problem"), root.GetProperty("problems").GetInt32());
        Assert.Equal(checks.Count(check => check.GetProperty("state").GetString() == "warning"), root.GetProperty("warnings").GetInt32());
        Assert.Equal(1, root.GetProperty("problems").GetInt32());
        Assert.All(checks, check =>
        {
            Assert.Contains(check.GetProperty("for").GetString(), Purposes);
            Assert.Contains(check.GetProperty("state").GetString(), States);
            Assert.NotEmpty(check.GetProperty("check").GetString()!);
            Assert.NotEmpty(check.GetProperty("detail").GetString()!);
            // What is wrong always has something to do about it.
            Assert.Equal(check.GetProperty("state").GetString() is "warning" or "problem", check.TryGetProperty("advice", out _));
        });
    }

    [Fact]
    public async Task The_table_fits_in_80_columns_and_goes_to_stdout_the_summary_to_stderr()
    {
        await using var run = Start();

        Assert.Equal(ExitCode.ProblemFound, await run.ExitAsync());
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 79));
        Assert.Contains("✗ problem      kubectl", run.Output);
        Assert.Contains("- not checked  cluster", run.Output);
        Assert.Contains("bookinfo deploy: 1 problem; see above for what to do.", run.Messages);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Theory]
    [InlineData("--tag 'a b' is not allowed: it must be 1 to 128 letters", "--tag", "a b")]
    [InlineData("--tag '.1' is not allowed", "--tag", ".1")]
    [InlineData("--registry 'me/bookinfo' is not allowed: it must be a registry's host", "--registry", "me/bookinfo")]
    [InlineData("--registry 'ghcr.io/Me' is not allowed", "--registry", "ghcr.io/Me")]
    [InlineData("--namespace 'Shop' is not allowed", "--namespace", "Shop")]
    [InlineData("--output 'xml' is not allowed", "--output", "xml")]
    [InlineData("command 'now' is not allowed: it must be up, images or deploy.", "now")]
    [InlineData("'deploy'", "up", "deploy")]
    public async Task A_wrong_command_line_is_refused(string message, params string[] arguments)
    {
        await using var run = Start(arguments);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains(message, run.Messages.Split('\n')[0]);
        Assert.Empty(run.Output);
    }

    private CommandRun Start(params string[] arguments) => CommandRun.Start(
        ChildProcess.FindTool("dotnet")!,
        [typeof(ExitCode).Assembly.Location, "doctor", .. arguments],
        environment: new Dictionary<string, string> { ["PATH"] = _tools.Path, ["HOME"] = _tools.Path });

    private async Task<(int ExitCode, Dictionary<string, JsonElement> Checks)> DoctorAsync(params string[] arguments)
    {
        await using var run = Start(["--output", "json", .. arguments]);
        var exitCode = await run.ExitAsync();
        return (exitCode, Parse(run));
    }

    private static Dictionary<string, JsonElement> Parse(CommandRun run) => JsonDocument.Parse(run.Output).RootElement
        .GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("check").GetString()!);

    private static string? State(Dictionary<string, JsonElement> checks, string name) => checks[name].GetProperty("state").GetString();

    private static string? Detail(Dictionary<string, JsonElement> checks, string name) => checks[name].GetProperty("detail").GetString();
}
