using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Scenarios.Tests;

/// <summary>The scenarios that come with Bookinfo, and the schema of their files.</summary>
public sealed class ScenarioFilesTests
{
    private static readonly ScenarioFiles Files = new(new SourceTree(WorkingCopy.Root).Scenarios);

    public static TheoryData<string> Names => [.. Files.Names];

    [Fact]
    public void There_are_these() => Assert.Equal(
        [
            "bad-canary", "black-friday", "cascading-timeouts", "cpu-hog", "crash-loop", "details-errors", "failing-ratings",
            "flaky-reviews-v3", "lost-spans", "lying-metrics", "memory-leak", "noisy-neighbor", "ratings-down", "retry-storm",
            "slow-ratings", "slow-start",
        ],
        Files.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_tells_a_story_in_three_sentences_and_fits_what_it_declares(string name)
    {
        var scenario = Files.Read(name);

        Assert.Equal(name, scenario.Name);
        Assert.Equal(3, scenario.Story.Split(". ").Length);
        Assert.All(scenario.Symptoms.Metrics, metric =>
        {
            // Symptoms show and clear within half a minute, but where a process has to be started again.
            Assert.True(metric.Within <= TimeSpan.FromSeconds(30));
            Assert.NotEqual(metric.During, metric.After);
        });
        Assert.NotEmpty(scenario.Symptoms.Visitor);
        var alerts = File.ReadAllText(Path.Combine(new SourceTree(WorkingCopy.Root).PrometheusConfiguration, "alerts.yml"));
        Assert.All(
            scenario.Symptoms.Alerts.Select(alert => alert.Alert).Concat(scenario.Symptoms.MayFire.Select(alert => alert.Alert)),
            alert => Assert.Contains($"- alert: {alert}\n", alerts));
        Assert.All(scenario.Symptoms.Traces, trace => Assert.Contains(trace.Span, SpansOf(trace.Service, trace.Kind)));
    }

    [Fact]
    public void The_documentation_has_a_line_for_each()
    {
        var lines = File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "scenarios.md"));

        Assert.Equal(
            Files.Names,
            lines.SkipWhile(line => line != "## What there is").TakeWhile(line => !line.StartsWith("## With", StringComparison.Ordinal))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).Order());
    }

    /// <summary>When this fails, what the schema should be is in artifacts/scenario.schema.json.</summary>
    [Fact]
    public void The_published_schema_is_that_of_the_reader_and_of_the_catalog_of_faults()
    {
        var expected = ScenarioShape.WriteSchema();
        File.WriteAllText(Path.Combine(WorkingCopy.Root, "artifacts", "scenario.schema.json"), expected);

        Assert.Equal(expected, File.ReadAllText(Path.Combine(WorkingCopy.Root, "scenarios", "scenario.schema.json")));
        Assert.All(FaultCatalog.All, kind => Assert.Contains($"\"{kind.Name}\": {{", expected));
        Assert.All(
            FaultCatalog.All.SelectMany(kind => kind.Parameters), parameter => Assert.Contains($"\"{parameter.Name}\": {{", expected));
    }

    [Fact]
    public void What_has_no_end_is_not_read_to_its_end() => Assert.Equal(
        "the scenario '/dev/zero' cannot be read: it has more than 1 MiB",
        Assert.Throws<OperationFailedException>(() => Files.Read("/dev/zero")).Message);

    [Fact]
    public void What_is_not_there_is_said_with_what_may_be_meant()
    {
        var failure = Assert.Throws<OperationFailedException>(() => Files.Read("slow-rating"));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith("there is no scenario 'slow-rating'. Did you mean slow-ratings? ", failure.Message);
        Assert.StartsWith(
            "the scenario './no.yaml' cannot be read: ", Assert.Throws<OperationFailedException>(() => Files.Read("./no.yaml")).Message);
    }

    [Theory]
    [InlineData("slow-ratings", "slow-ratings")]
    [InlineData("a.b", "a.b")]
    [InlineData("mine.yaml", "mine")]
    [InlineData("mine.yml", "mine")]
    [InlineData("./a.b.yaml", "a.b")]
    [InlineData("elsewhere/mine", "mine")]
    public void What_names_a_scenario_is_a_name_or_a_file(string given, string name) => Assert.Equal(name, ScenarioFiles.NameOf(given));

    [Theory]
    [InlineData("my scenario")]
    [InlineData("-mine")]
    [InlineData("..")]
    [InlineData("a-name-that-is-longer-than-names-can-be-which-is-sixty-three-letters")]
    public void A_file_whose_name_no_set_of_faults_can_have_is_not_allowed(string name)
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(directory.FullName, $"{name}.yaml");
            File.Copy(Path.Combine(new SourceTree(WorkingCopy.Root).Scenarios, "slow-ratings.yaml"), file);

            var failure = Assert.Throws<OperationFailedException>(() => Files.Read(file));

            Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
            Assert.StartsWith($"the scenario '{file}' needs another name, ", failure.Message);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Two_scenarios_of_the_same_name_are_both_named()
    {
        Assert.Equal(["slow-ratings"], Files.ReadSeveral(["slow-ratings", "slow-ratings"]).Select(scenario => scenario.Name));

        var failure = Assert.Throws<OperationFailedException>(() => Files.ReadSeveral(["a/mine.yaml", "slow-ratings", "b/mine.yaml"]));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith("'a/mine.yaml' and 'b/mine.yaml' have the same name, 'mine': ", failure.Message);
    }

    private static IEnumerable<string> SpansOf(string service, string kind) => kind == "client"
        ? ServiceCatalog.All.Single(one => one.Name == service).Calls.Select(call => $"GET /{call.Service}/{{id}}")
        : service switch
        {
            "productpage" => ["GET /productpage"],
            "reviews" => ["GET /reviews/{id}"],
            _ => [$"GET /{service}/{{id?}}"],
        };
}
