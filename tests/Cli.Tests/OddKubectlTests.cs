using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// The commands for a cluster with a kubectl that does not work, or says what nobody expects: one line that says what is wrong, and an end.
/// </summary>
public sealed class OddKubectlTests : IDisposable
{
    private const string Runs = """version*) echo '{"clientVersion": {"gitVersion": "v1.30.0"}}' ;;""";

    private readonly List<FakeTool> _tools = [];

    public static TheoryData<string> Commands => ["deploy", "status", "delete", "doctor"];

    public void Dispose() => _tools.ForEach(tool => tool.Dispose());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("not json")]
    [InlineData("{\"clientVersion\":null,\"current-context\":null}")]
    [InlineData("{\"clientVersion\":\"v1.30\",\"current-context\":5}")]
    [InlineData("{\"clientVersion\":{\"gitVersion\":null},\"current-context\":\"x\"}")]
    [InlineData("{\"clientVersion\":{\"gitVersion\":5},\"current-context\":\"x\",\"clusters\":[]}")]
    [InlineData("{\"clientVersion\":{\"gitVersion\":\"v99999999999999.1\"},\"current-context\":\"x\",\"clus")]
    [InlineData("{\"clientVersion\":{\"gitVersion\":\"v1.30.0\"},\"current-context\":\"x\","
        + "\"clusters\":[{\"cluster\":{\"server\":\"nonsense\"}}]}")]
    [InlineData(
        "{\"current-context\":\"x\",\"clusters\":[{\"name\":\"x\",\"cluster\":{\"server\":\"https://h\",\"proxy-url\":\"::::\"}}]}")]
    [InlineData("{\"current-context\":\"x\",\"clusters\":[{\"name\":\"x\",\"cluster\":{\"server\":\"https://h\"}}],"
        + "\"users\":[{\"name\":\"x\",\"user\":{\"token\":\"a\\\\nb\"}}]}")]
    [InlineData("{\"current-context\":\"x\",\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"x\",\"user\":\"x\"}}],"
        + "\"clusters\":[{\"name\":\"x\",\"cluster\":{\"server\":\"https://h\"}}],\"users\":[{\"name\":\"x\","
        + "\"user\":{\"client-certificate-data\":\"!!!\",\"client-key-data\":\"!!!\"}}]}")]
    public async Task What_it_writes_is_never_a_mistake_of_ours(string output)
    {
        var kubectl = Kubectl($"*) printf '%s' '{output}' ;;");
        foreach (var command in Commands.Select(row => row.Data))
        {
            await using var run = Run(kubectl, command);

            var exitCode = await run.ExitAsync();
            var said = run.Output + run.Messages;
            Assert.True(
                exitCode == (command == "doctor" ? ExitCode.ProblemFound : command == "deploy" ? exitCode : ExitCode.ClusterUnreachable),
                $"{command}: {exitCode}\n{run}");
            Assert.Contains(
                exitCode, new[] { ExitCode.ProblemFound, ExitCode.ClusterUnreachable, ExitCode.InvalidUsage, ExitCode.MissingTool });
            Assert.DoesNotContain("mistake in bookinfo", said);
            Assert.DoesNotContain("the check itself failed", said);
            Assert.DoesNotContain("Exception", said);
        }
    }

    [Theory]
    [InlineData("exit 5", "it ended with exit code 5")]
    [InlineData("kill -KILL $$", "it ended with exit code 137, SIGKILL")]
    [InlineData("awk 'BEGIN { for (i = 0; i < 100000; i++) print \"error: something\" }' >&2; exit 1", "something")]
    public async Task How_it_failed_is_told(string script, string why)
    {
        var kubectl = Kubectl($"*) {script} ;;");
        await using var status = Run(kubectl, "status");
        await using var deploy = Run(kubectl, "deploy");

        Assert.Equal(ExitCode.ClusterUnreachable, await status.ExitAsync());
        Assert.Equal($"bookinfo: kubectl's configuration cannot be read: {why}\n", status.Messages);
        Assert.True(await deploy.ExitAsync() == ExitCode.MissingTool, deploy.ToString());
        Assert.Equal(
            $"bookinfo: kubectl does not work: it does not report its version, and does not render deploy/overlays/nodeport: {why}\n",
            deploy.Messages);
    }

    /// <summary>
    /// What it leaves running holds its output: a helper that keeps credentials or a connection. It runs until the test is over.
    /// </summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task What_it_leaves_running_is_not_waited_for(string command)
    {
        await using var run = Run(Kubectl($"{Runs}\n*) exec 3>&1; sleep 3600 & echo 'no configuration' >&2; exit 1 ;;"), command);

        Assert.Contains(await run.ExitAsync(), new[] { ExitCode.ClusterUnreachable, ExitCode.InvalidUsage, ExitCode.ProblemFound });
        Assert.Contains("no configuration", run.Output + run.Messages);
        Assert.DoesNotContain("no answer", run.Output);
    }

    [Fact]
    public async Task One_that_hangs_is_given_up()
    {
        await using var run = Run(Kubectl("*) sleep 3600 ;;"), "status");

        Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
        Assert.Contains(" hangs: no answer in 15 s to a command that needs no cluster.", run.Messages);
        await run.NothingSurvivesAsync();
    }

    [Fact]
    public async Task One_that_cannot_be_executed_is_passed_over_as_by_a_shell()
    {
        var second = Kubectl("*) echo 'the second' >&2; exit 1 ;;");
        var first = Kubectl("*) echo 'the first' >&2; exit 1 ;;");
        File.SetUnixFileMode(first.PathOf("kubectl"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var run = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["status"], environment: first.EnvironmentWith(second));

        Assert.Equal(ExitCode.ClusterUnreachable, await run.ExitAsync());
        Assert.EndsWith("the second\n", run.Messages);
    }

    [Fact]
    public async Task One_that_cannot_be_run_is_named()
    {
        var kubectl = Kubectl("");
        await File.WriteAllTextAsync(kubectl.PathOf("kubectl"), "#!/nonexistent/sh\n", TestContext.Current.CancellationToken);
        foreach (var command in new[] { "deploy", "status", "delete" })
        {
            await using var run = Run(kubectl, command);

            Assert.Equal(ExitCode.MissingTool, await run.ExitAsync());
            Assert.Equal($"bookinfo: {kubectl.PathOf("kubectl")} cannot be run: No such file or directory\n", run.Messages);
        }
    }

    private static CommandRun Run(FakeTool kubectl, string command) =>
        CommandRun.Start(Path.Combine(WorkingCopy.Root, "bookinfo"), [command], environment: kubectl.Environment);

    private FakeTool Kubectl(string cases)
    {
        _tools.Add(new FakeTool("kubectl", cases));
        return _tools[^1];
    }
}
