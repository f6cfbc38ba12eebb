using System.Text;
using Bookinfo.Load;

namespace Bookinfo.Scenarios.Tests;

/// <summary>Files of scenarios: what they may hold, and what is said of what they must not.</summary>
public sealed class ScenarioReaderTests
{
    private const string Full =
        """
        title: All of it
        story: Something happened. It is bad. It ends.
        trainer: What is it?
        duration: 1m30s
        faults:
          - services: [ratings, ratings-v1]
            name: slow
            match: {route: '/ratings/{id?}', method: GET, endUser: jason, caller: reviews}
            delay: {fixedDelay: 2s, percentage: {value: 50}}
            start: 5s
            end: 60s
            seed: 7
        traffic: {rate: 20, profile: spike, from: 1, peak: 100, steps: 3, paths: [/productpage, '/api/v1/products']}
        symptoms:
          metrics:
            - name: slow
              query: rate(a[$window])
              during: {above: 1, below: 2}
              within: 10s
              after: {below: 0.5}
              clears: 20s
          traces:
            - name: late
              service: ratings
              version: v1
              kind: server
              span: 'GET /ratings/{id?}'
              attributes: {error.type: timeout}
              seconds: {above: 2}
              share: {above: 0.4}
          alerts:
            - alert: Slow
              labels: {severity: page}
              fires: 2m
              resolves: 3m
          mayFire:
            - alert: Slower
              labels: {severity: page}
            - alert: Slowest
          visitor:
            - sees: it is slow
              path: /productpage?u=normal
              contains: No ratings
              hop: ratings
              milliseconds: {above: 2000}
              share: {below: 0.9}

        """;

    private const string Least =
        """
        title: t
        story: s
        trainer: w
        faults: []
        traffic: {rate: 1}
        symptoms: {metrics: [{name: n, query: up, during: {above: 1}, after: {}}]}
        """;

    [Fact]
    public void Everything_that_a_file_says_is_read()
    {
        var scenario = Read(Full)!;

        Assert.Equal(
            ("mine", "All of it", "Something happened. It is bad. It ends.", "What is it?", TimeSpan.FromSeconds(90)),
            (scenario.Name, scenario.Title, scenario.Story, scenario.Trainer, scenario.Duration));
        var fault = Assert.Single(scenario.Faults);
        Assert.Equal(["ratings", "ratings-v1"], fault.Services);
        Assert.Equal("delay", fault.Kind.Name);
        Assert.Equal(["name", "match", "delay", "start", "end", "seed"], fault.Rule.Select(property => property.Key));
        Assert.Equal("""{"fixedDelay":"2s","percentage":{"value":50}}""", fault.Rule["delay"].GetRawText());
        Assert.Equal(7, fault.WithSeed(9).Rule["seed"].GetInt32());
        Assert.Equal(new ProfileSettings(ProfileKind.Spike, 20, 60, 1, 100, 3), scenario.Traffic.Over(TimeSpan.FromMinutes(1)));
        Assert.Equal(["/productpage", "/api/v1/products"], scenario.Traffic.Paths);
        Assert.Equal(
            new MetricSymptom("slow", "rate(a[$window])", new(1, 2), TimeSpan.FromSeconds(10), new(null, 0.5), TimeSpan.FromSeconds(20)),
            Assert.Single(scenario.Symptoms.Metrics));
        Assert.Equivalent(
            new TraceSymptom(
                "late", "ratings", "server", "GET /ratings/{id?}", new Dictionary<string, string> { ["error.type"] = "timeout" },
                "v1", new(2), new(0.4)),
            Assert.Single(scenario.Symptoms.Traces), strict: true);
        Assert.Equivalent(
            new AlertSymptom(
                "Slow", new Dictionary<string, string> { ["severity"] = "page" }, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3)),
            Assert.Single(scenario.Symptoms.Alerts), strict: true);
        Assert.Equivalent(
            new PossibleAlert[]
            {
                new("Slower", new Dictionary<string, string> { ["severity"] = "page" }), new("Slowest", new Dictionary<string, string>()),
            },
            scenario.Symptoms.MayFire, strict: true);
        Assert.Equal(
            new VisitorSymptom("it is slow", "/productpage?u=normal", "No ratings", "ratings", new(2000), new(null, 0.9)),
            Assert.Single(scenario.Symptoms.Visitor));
    }

    [Fact]
    public void What_may_be_left_out_has_a_default()
    {
        var scenario = Read(Least)!;

        Assert.Equal(TimeSpan.FromMinutes(10), scenario.Duration);
        Assert.Equal(new ProfileSettings(ProfileKind.Constant, 1, 60), scenario.Traffic.Over(TimeSpan.FromMinutes(1)));
        Assert.Empty(scenario.Traffic.Paths);
        Assert.Equal(
            new MetricSymptom("n", "up", new(1), TimeSpan.FromSeconds(30), new(), TimeSpan.FromSeconds(30)),
            Assert.Single(scenario.Symptoms.Metrics));
        Assert.Empty(scenario.Symptoms.Alerts);
        Assert.Empty(scenario.Symptoms.MayFire);
    }

    [Theory]
    [InlineData("delay: {fixedDelay: 2s, ", "delay: {fixedDealy: 2s, ", 9, 13, "faults[0].delay.fixedDealy",
        "is not known: there can be one of fixedDelay, least, most, mean, deviation, median, p99, percentage, every, burst. "
        + "Did you mean fixedDelay?")]
    [InlineData("fixedDelay: 2s", "fixedDelay: 2", 9, 13, "faults[0].delay.fixedDelay", "must be a time up to 1h, such as 1.5s or 100ms")]
    [InlineData("delay: {fixed", "dealy: {fixed", 9, 5, "faults[0].dealy", "is not known: *Did you mean delay?")]
    [InlineData("caller: reviews", "calller: reviews", 8, 67, "faults[0].match.calller", "is not known: *Did you mean caller?")]
    [InlineData("ratings-v1]", "rating-v1]", 6, 25, "faults[0].services[1]", "'rating-v1' must be one of *Did you mean ratings-v1?")]
    // The services would refuse these, one and all versions of another.
    [InlineData("ratings-v1]", "reviews-v3]", 8, 13, "faults[0].match.route", "must be a route of reviews: /reviews/{id}")]
    [InlineData("ratings-v1]", "details]", 8, 13, "faults[0].match.route", "must be a route of details: /details/{id?}")]
    [InlineData("method: GET", "method: PUT", 8, 38, "faults[0].match.method",
        "must be a method that /ratings/{id?} takes: GET or *")]
    [InlineData("ratings-v1]\n    name: slow\n    match: {route: '/ratings/{id?}', ", "reviews-v3]\n    name: slow\n    match: {", 8, 42,
        "faults[0].match.caller", "must be a service that calls reviews: productpage")]
    [InlineData("    delay: {fixedDelay: 2s, percentage: {value: 50}}\n", "", 6, 5, "faults[0]", "must have a fault: one of delay, *")]
    [InlineData("title: All of it\n", "", 1, 1, "title", "is missing: what it is, in some words")]
    [InlineData("trainer: ", "trainerr: ", 3, 1, "trainerr", "is not known: *Did you mean trainer?")]
    [InlineData("duration: 1m30s", "duration: 90", 4, 11, "duration", "must be a duration from 1s to 86400s, such as 30s or 1m30s")]
    [InlineData("rate: 20", "rate: fast", 13, 17, "traffic.rate", "must be a number from 0.1 to 10000")]
    [InlineData("profile: spike", "profile: spiky", 13, 30, "traffic.profile", "'spiky' must be one of *Did you mean spike?")]
    [InlineData("steps: 3", "steps: 3.5", 13, 64, "traffic.steps", "must be a whole number from 1 to 1000")]
    [InlineData("/productpage, ", "productpage, ", 13, 75, "traffic.paths[0]",
        "must be a path that begins with / and has no spaces and no fragment (#)")]
    [InlineData("/productpage, ", "'/productpage?u=a b', ", 13, 75, "traffic.paths[0]", "must be a path that begins with / and *")]
    [InlineData("/productpage, ", "\"/x\\r\\nX: y\", ", 13, 75, "traffic.paths[0]", "must be a path that begins with / and *")]
    [InlineData("title: All of it", "title: \"\\e]0;gotcha\\a\"", 1, 8, "title", "must have no control characters")]
    [InlineData("{severity: page}", "{\"\\e[2J\": page}", 33, 16, "symptoms.alerts[0].labels", "must have no control characters")]
    [InlineData("title: All of it", "title: &a All of it\nstory: *a", 2, 8, "", "must not repeat a part (*a): write it out")]
    [InlineData("kind: server", "kind: sever", 26, 13, "symptoms.traces[0].kind", "'sever' must be one of server, client. *")]
    [InlineData("labels: {severity: page}", "labels: [page]", 33, 15, "symptoms.alerts[0].labels", "must be names with texts, such as *")]
    [InlineData("during: {above: 1, below: 2}", "during: 1", 18, 15, "symptoms.metrics[0].during", "must be a mapping with above, below")]
    [InlineData("title: All of it", "title: ''", 1, 8, "title", "must be a text that is not empty")]
    [InlineData("title: All of it", "title: &a All of it", 1, 8, "title", "must not have an anchor (&a): write it out")]
    [InlineData("{value: 50}", "&a {value: 50}", 9, 41, "faults[0].delay.percentage", "must not have an anchor: write it out")]
    [InlineData("{value: 50}", "[[[[[[[[[1]]]]]]]]]", 9, 48, "faults[0].delay.percentage[0][0][0][0][0][0][0]", "is nested too deep")]
    [InlineData("title: All of it", "title: All of it\ntitle: again", 2, 1, "", "is not YAML: *")]
    [InlineData("title: All of it", "title: [", 1, 8, "", "is not YAML from here on: is a bracket open?")]
    public void What_is_not_allowed_is_told_with_its_place_and_what_is(
        string part, string instead, int line, int column, string path, string message)
    {
        Assert.Contains(part, Full);

        Assert.Null(ScenarioReader.Read("mine", Full.Replace(part, instead), out var problems));

        var problem = Assert.Single(problems, problem => problem.Path == path);
        Assert.Equal((line, column), ((int)problem.Line, (int)problem.Column));
        var parts = message.Split('*');
        Assert.StartsWith(parts[0], problem.Message);
        Assert.EndsWith(parts[^1], problem.Message);
        Assert.StartsWith($"mine.yaml:{line}:{column}: ", problem.Describe("mine.yaml"));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        Assert.Null(ScenarioReader.Read(
            "mine",
            Full.Replace("rate: 20", "rate: x").Replace("title: All of it", "titel: x").Replace("fires: 2m", "fires: x"),
            out var problems));

        Assert.Equal(["titel", "title", "traffic.rate", "symptoms.alerts[0].fires"], problems.Select(problem => problem.Path));
    }

    /// <summary>Files that were damaged by chance, or on purpose.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_a_file_holds_it_is_a_scenario_or_its_problems_are_told(int seed)
    {
        string[] parts =
        [
            "\n", "\r\n", "\r", "\t", "\0", " ", "  ", "\ufeff", "\u0085", "\u2028", "- ", "? ", ": ", "[", "]", "{", "}", ",", "&a ",
            "*a ", "!", "!!binary ", "!!int ", "!<x> ", "|", "|9\n", ">-\n", "'", "\"", "\"\\ud800\"", "\"\\x\"", "\\", "#",
            "%YAML 1.1\n---\n", "%YAML 99999999999.1\n---\n", "%TAG ! x\n---\n", "---\n", "...\n", "<<: ",
            "~", "null", "1e999", "-1", ".inf", "99999999999999999999", "@", "`", "title: x\n",
        ];
        var random = new Random(seed);
        for (var number = 0; number < 3000; number++)
        {
            var text = new StringBuilder(random.Next(2) == 0 ? Full : Least);
            for (var change = random.Next(5); change >= 0; change--)
            {
                var at = random.Next(text.Length + 1);
                _ = random.Next(3) == 0
                    ? text.Remove(at, Math.Min(random.Next(30), text.Length - at))
                    : text.Insert(at, parts[random.Next(parts.Length)]);
            }

            var scenario = ScenarioReader.Read("mine", text.ToString(), out var problems);

            Assert.True((scenario is null) == (problems.Count > 0), text.ToString());
        }
    }

    [Theory]
    [InlineData("", "must hold one YAML document")]
    [InlineData("a: 1\n---\nb: 1\n", "must hold one YAML document")]
    [InlineData("- a", "must be a mapping with title, story, trainer, duration, faults, traffic, symptoms")]
    public void A_file_that_is_something_else_is_told_so(string text, string message)
    {
        Assert.Null(ScenarioReader.Read("mine", text, out var problems));

        Assert.Equal(message, Assert.Single(problems).Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void A_file_that_is_nested_deeply_is_not_read(string level)
    {
        Assert.Null(ScenarioReader.Read("mine", string.Concat(Enumerable.Repeat(level, 50_000)), out var problems));

        Assert.Equal("is nested too deep from here on", Assert.Single(problems).Message);
    }

    [Theory]
    [InlineData('\0', "must not have the control character U+0000")]
    [InlineData('\x1b', "must not have the control character U+001B")]
    [InlineData('\x9b', "must not have the control character U+009B")]
    public void A_control_character_is_not_read_over(char control, string message)
    {
        Assert.Null(ScenarioReader.Read("mine", $"title: one\nstory: {control}\nfaults: []\n", out var problems));

        Assert.Equal(new ScenarioProblem(2, 8, "", message), Assert.Single(problems));
    }

    /// <summary>The library compares keys part by part, and would look into each repetition: here into ten billion of them.</summary>
    [Fact]
    public void A_key_that_repeats_itself_is_not_looked_into()
    {
        var parts = Enumerable.Range(1, 10).Select(
            part => $"p{part}: &p{part} [{string.Join(',', Enumerable.Repeat($"*p{part - 1}", 10))}]");
        var text = $"p0: &p0 x\n{string.Join('\n', parts)}\n? *p10\n: 1\n";

        Assert.Null(ScenarioReader.Read("mine", text, out var problems));

        Assert.Equal("must not repeat a part (*p0): write it out", Assert.Single(problems).Message);
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read()
    {
        Assert.Null(ScenarioReader.Read("mine", new string('#', 300_000), out var problems));

        Assert.Equal("must have 262144 characters at most", Assert.Single(problems).Message);
    }

    private static Scenario? Read(string text)
    {
        var scenario = ScenarioReader.Read("mine", text, out var problems);
        Assert.Empty(problems);
        return scenario;
    }
}
