using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Local.Tests;

/// <summary>What a run tells other commands about itself.</summary>
public sealed class RunRecordTests : IDisposable
{
    private const int Port = 31080; // A name for a directory: nothing listens there.

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly SourceTree _tree;

    public RunRecordTests() => _tree = new SourceTree(_directory.FullName);

    private RunRecord? Read(int port) => RunRecord.Read(_tree, new Uri($"http://localhost:{port}/productpage"));

    private string RecordFile => Path.Combine(_tree.Logs(Port), "up.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void What_a_run_writes_is_read_as_long_as_it_runs()
    {
        Assert.Null(Read(Port));
        var record = new RunRecord(
            "0.1.0+abc",
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["productpage-v1"] = new Dictionary<string, string> { ["FLOOD_FACTOR"] = "10" },
                ["details-v1"] = new Dictionary<string, string>(),
            },
            new Dictionary<string, int> { ["details-v1"] = 31100 },
            new Uri("http://localhost:9090"),
            new Uri("http://localhost:18888"),
            18889,
            new Dictionary<string, int> { ["details-v1"] = 31081 });
        using (RunLock.Take(_tree, Port))
        {
            record.Write(_tree, Port);

            Assert.Equivalent(record, Read(Port), strict: true);
            Assert.Null(Read(Port + 1));
            // What runs at the same port of another machine is something else.
            var elsewhere = new Uri($"http://staging:{Port}/");
            Assert.Null(RunRecord.Read(_tree, elsewhere));
            Assert.Throws<OperationFailedException>(() => RunRecord.Require(_tree, elsewhere));
            var read = RunRecord.Require(_tree, new Uri($"http://localhost:{Port}/x"));
            Assert.Equal(new Uri("http://127.0.0.1:31100"), read.ManagementOf("details-v1"));
            Assert.Null(read.ManagementOf("ratings-v1"));
        }

        // It was killed, or has ended; whatever has its port now is something else.
        Assert.True(File.Exists(RecordFile));
        Assert.Null(Read(Port));
    }

    [Fact]
    public void Ports_that_another_run_has_chosen_are_not_free_even_if_nothing_listens_there_yet()
    {
        using var first = RunLock.Take(_tree, Port);
        var one = LocalPlan.Begin(Options(Port), _tree, new Dictionary<string, string>(), static _ => true);
        using var second = RunLock.Take(_tree, Port + 10);
        var other = LocalPlan.Begin(Options(Port + 10), _tree, new Dictionary<string, string>(), static _ => true);

        Assert.Empty(ManagementPorts(one).Intersect(ManagementPorts(other)));
        Assert.Equal(ManagementPorts(other), Read(Port + 10)!.Management.Values);
        Assert.Equal(
            other.Services.ToDictionary(service => service.Name, service => service.Port), Read(Port + 10)!.Ports!.ToDictionary());

        static IEnumerable<int> ManagementPorts(LocalPlan plan) => plan.Services.Select(service => service.ManagementPort!.Value);
    }

    [Fact]
    public void Neither_is_the_port_of_its_dashboard_for_telemetry()
    {
        using var first = RunLock.Take(_tree, Port);
        var one = LocalPlan.Begin(Options(Port) with { DashboardPort = 31200 }, _tree, new Dictionary<string, string>(), static _ => true);
        using var second = RunLock.Take(_tree, Port + 10);
        var other = LocalPlan.Begin(
            Options(Port + 10) with { DashboardPort = 31200 }, _tree, new Dictionary<string, string>(), static _ => true);

        Assert.Equal((31201, 31202), (one.OtlpPort, other.OtlpPort));
        Assert.Equal(31202, Read(Port + 10)!.OtlpPort);
    }

    [Fact]
    public async Task Of_two_that_choose_ports_one_waits()
    {
        using var run = RunLock.Take(_tree, SourceTree.UsualPort);
        var first = RunLock.WaitForPorts(_tree);
        var second = Task.Run(() => RunLock.WaitForPorts(_tree));

        Assert.NotNull(first);
        Assert.False(second.IsCompleted);
        first.Dispose();

        using var taken = await second;
        Assert.NotNull(taken);
    }

    private static LocalOptions Options(int port) => new(Native: false, port, port + 1, ["v1", "v2", "v3"], []);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"program\": \"0.0.1\"}")]
    [InlineData("{\"program\": \"0.0.1\", \"variables\": {}}")]
    public void What_cannot_be_read_is_not_known(string text)
    {
        using var taken = RunLock.Take(_tree, Port);
        Assert.Null(Read(Port));

        File.WriteAllText(RecordFile, text);

        Assert.Null(Read(Port));
    }

    [Fact]
    public void That_it_cannot_be_written_is_said()
    {
        using var taken = RunLock.Take(_tree, Port);
        Directory.CreateDirectory(RecordFile);

        var failure = Assert.Throws<OperationFailedException>(
            () => new RunRecord(
                "0.1.0", new Dictionary<string, IReadOnlyDictionary<string, string>>(), new Dictionary<string, int>(), null)
                .Write(_tree, Port));

        Assert.StartsWith($"'{RecordFile}' cannot be written: ", failure.Message);
    }

    [Fact]
    public void Of_a_usual_run_nothing_differs_whatever_the_shell_and_the_ports_are() =>
        Assert.All(
            Unusual([], ("PATH", "/bin"), ("HOME", "/root"), ("SERVICES_DOMAIN", "x"), ("SESSION_KEY", "a key of the user's")),
            service => Assert.Empty(service.Value));

    [Fact]
    public void What_the_user_sets_for_a_service_differs_and_secrets_are_left_out()
    {
        var found = Unusual(
            ["ratings:SERVICE_VERSION=v-delayed", "reviews-v2:STAR_COLOR=blue", "details:MY_TOKEN=secret", "LOG_FORMAT=text"],
            ("FLOOD_FACTOR", "3"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:secret@collector:4317"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret"), ("OTEL_TRACES_SAMPLER", "always_off"), ("DOTNET_TieredPGO", "0"),
            ("MY_TOKEN", "another secret"));

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["DOTNET_TieredPGO"] = "0",
                ["FLOOD_FACTOR"] = "3",
                ["LOG_FORMAT"] = "text",
                ["MY_TOKEN"] = "set",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "set",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "set",
                ["OTEL_TRACES_SAMPLER"] = "always_off",
            },
            found["details-v1"]);
        Assert.Equal("v-delayed", found["ratings-v1"]["SERVICE_VERSION"]);
        // Only what is given with --env counts as meant for a service.
        Assert.DoesNotContain("MY_TOKEN", found["ratings-v1"].Keys);
        Assert.Equal("blue", found["reviews-v2"]["STAR_COLOR"]);
        Assert.DoesNotContain("STAR_COLOR", found["reviews-v3"].Keys);
        Assert.DoesNotContain("secret", string.Join(' ', found.Values.SelectMany(variables => variables.Values)));
    }

    /// <summary>Telemetry costs something: a baseline with the dashboard differs from one without.</summary>
    [Fact]
    public void With_the_dashboard_the_telemetry_of_every_service_differs()
    {
        var tree = new SourceTree("/nowhere");
        var options = new LocalOptions(false, Port, 9181, ["v1"], [], DashboardPort: 18888);
        var plan = LocalPlan.Create(options, tree, new Dictionary<string, string>(), static _ => true);

        var found = plan.FindUnusual(options, tree);

        Assert.Equal(["details-v1", "ratings-v1", "reviews-v1", "productpage-v1"], found.Keys);
        Assert.All(found.Values, variables => Assert.Equal(
            ("set", "otlp"), (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_METRICS_EXPORTER"])));
        Assert.Equal(new Uri("http://localhost:18888"), plan.Describe(options, tree).Dashboard);
    }

    [Fact]
    public void A_version_that_does_not_run_is_not_told_of() =>
        Assert.DoesNotContain("reviews-v2", Plan(["v1", "v3"], [], []).Keys);

    private static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Unusual(
        string[] settings, params (string Name, string Value)[] shell) => Plan(["v1", "v2", "v3"], settings, shell);

    private static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Plan(
        string[] reviews, string[] settings, (string Name, string Value)[] shell)
    {
        var tree = new SourceTree("/nowhere");
        var options = new LocalOptions(
            false, Port, 9181, reviews,
            [
                .. settings.Select(text => EnvironmentSetting.TryParse(text, out var setting, out _)
                    ? setting
                    : throw new FormatException(text)),
            ]);
        var found = LocalPlan.Create(
            options, tree, shell.ToDictionary(variable => variable.Name, variable => variable.Value), static _ => true)
            .FindUnusual(options, tree);
        Assert.Subset(
            ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name).ToHashSet(), found.Keys.ToHashSet());
        return found;
    }
}
