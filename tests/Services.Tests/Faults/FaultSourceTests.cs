using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>Where faults come from: the environment, a file that is followed, and the management port.</summary>
[Collection(CountingTests.Name)]
public sealed class FaultSourceTests : IDisposable
{
    private const string Abort = """[{"abort":{"httpStatus":503}}]""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private string File => Path.Combine(_directory.FullName, "faults.json");

    [Fact]
    public async Task The_environment_sets_faults_for_ever()
    {
        await using var ratings = await FaultyService.StartAsync($"FAULTS={Abort}");
        ratings.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
        var set = Assert.Single((await ratings.StatusAsync()).Sets);
        Assert.Equal(("environment", "environment", null), (set.Name, set.Source, set.RemainingSeconds));
        // Nobody takes them away, not even by the same name.
        Assert.Equal(HttpStatusCode.NotFound, await ratings.RemoveAsync("environment"));
        await ratings.SetAsync("""{"notReady":{}}""", "environment");
        Assert.Equal(2, (await ratings.StatusAsync()).Sets.Count);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
    }

    [Theory]
    [InlineData("FAULTS", "[{}]", "FAULTS='[{}]' is not allowed: it must be a JSON list of rules; rules[0] must have a fault")]
    [InlineData(
        "FAULTS", """[{"hang":{},"match":{"route":"/ratings/{id?}"}}]""",
        "it must be a JSON list of rules; rules[0].match.route must be a route of details: /details/{id?}")]
    [InlineData("MANAGEMENT_LISTEN", "tcp://10.0.0.7:9090", "MANAGEMENT_LISTEN='tcp://10.0.0.7:9090' is not allowed: it must be a")]
    [InlineData("FAULT_SPAN_ATTRIBUTE", "no", "FAULT_SPAN_ATTRIBUTE='no' is not allowed: it must be true or false")]
    public void A_bad_setting_stops_the_service(string name, string value, string message) => Assert.Contains(
        message,
        Assert.Throws<InvalidSettingException>(() => Bookinfo.Details.Program.Build([$"--{name}={value}"])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_bad_file_stops_the_service()
    {
        System.IO.File.WriteAllText(File, "[{\"dely\":{}}]");
        var exception = Assert.Throws<InvalidSettingException>(() => Bookinfo.Details.Program.Build([$"--FAULTS_FILE={File}"]));
        Assert.Contains(
            $"FAULTS_FILE='{File}' is not allowed: it must be the path of a JSON list of rules; rules[0].dely is not known",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_stops_the_service_after_10_seconds()
    {
        using (var make = System.Diagnostics.Process.Start("mkfifo", [File]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var clock = new FakeTimeProvider();
        var building = Task.Run(() => Bookinfo.Details.Program.Build(
            [$"--FAULTS_FILE={File}"], services => services.AddSingleton<TimeProvider>(clock)));
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return building.IsCompleted;
        });

        var exception = await Assert.ThrowsAsync<InvalidSettingException>(() => building);
        Assert.Contains(
            "the path of a JSON list of rules; it could not be read within 10 s: is it a pipe, or on a mount that hangs?",
            exception.Message,
            StringComparison.Ordinal);
        // Lets go the thread that reads it.
        await System.IO.File.WriteAllTextAsync(File, "", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_the_file_is_told_and_what_comes_after_it_is_read()
    {
        var (good, pipe) = (Path.Combine(_directory.FullName, "good"), Path.Combine(_directory.FullName, "pipe"));
        await System.IO.File.WriteAllTextAsync(good, Abort, TestContext.Current.CancellationToken);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        PointTo(pipe);
        for (var second = 0; second <= 10; second++)
        {
            ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("is it a pipe", Assert.Single(ratings.Log.Of("FaultsRefused")).Text, StringComparison.Ordinal);
        ratings.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);

        PointTo(good);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
        // Lets go the thread that reads the pipe.
        await System.IO.File.WriteAllTextAsync(pipe, "", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_has_no_length_and_cannot_be_read_is_told_and_what_comes_after_it_is_read()
    {
        var (good, held) = (Path.Combine(_directory.FullName, "good"), Path.Combine(_directory.FullName, "held"));
        await System.IO.File.WriteAllTextAsync(good, Abort, TestContext.Current.CancellationToken);
        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        PointTo(good);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));

        // Nobody else may open it meanwhile.
        await using (new FileStream(held, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            PointTo(held);
            ratings.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Single(ratings.Log.Of("FaultsRefused"));
        }

        PointTo("/dev/zero");
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("must have at most 262144 bytes", ratings.Log.Of("FaultsRefused")[^1].Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);

        PointTo("/dev/null");
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_a_file_that_is_missing()
    {
        var good = Path.Combine(_directory.FullName, "good");
        await System.IO.File.WriteAllTextAsync(good, Abort, TestContext.Current.CancellationToken);
        PointTo(good);
        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);

        System.IO.File.Delete(good);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
        Assert.Empty(ratings.Log.Of("FaultsRefused"));
    }

    [Fact]
    public void A_long_name_in_a_rule_makes_no_long_message()
    {
        var exception = Assert.Throws<InvalidSettingException>(
            () => Bookinfo.Details.Program.Build([$"--FAULTS=[{{\"{new string('x', 100_000)}\":{{}}}}]"]));
        Assert.InRange(exception.Message.Length, 1, 1000);
    }

    [Fact]
    public async Task A_file_is_followed_and_may_be_missing_at_first()
    {
        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);

        await WriteAsync(ratings, Abort);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
        Assert.Equal("file", Assert.Single((await ratings.StatusAsync()).Sets).Source);

        // A mistake leaves what was, and is logged once.
        await WriteAsync(ratings, """[{"abort":{"httpStatus":1}}]""");
        ratings.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
        Assert.Contains("rules[0].abort.httpStatus", Assert.Single(ratings.Log.Of("FaultsRefused")).Text, StringComparison.Ordinal);

        // The same mistake after something good is told again.
        await WriteAsync(ratings, Abort);
        await WriteAsync(ratings, """[{"abort":{"httpStatus":1}}]""");
        Assert.Equal(2, ratings.Log.Of("FaultsRefused").Count);

        // Half of a surrogate pair, and what is not UTF-8, are not a reason to end.
        await WriteAsync(ratings, """[{"abort":{"httpStatus":500,"message":"\ud800"}}]""");
        await System.IO.File.WriteAllBytesAsync(File, [(byte)'[', 0xFF, (byte)']'], TestContext.Current.CancellationToken);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);

        // A file that takes the place of another one, as with a ConfigMap.
        var other = Path.Combine(_directory.FullName, "other");
        await System.IO.File.WriteAllTextAsync(other, """[{"abort":{"httpStatus":429}}]""", TestContext.Current.CancellationToken);
        System.IO.File.Move(other, File, overwrite: true);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode)429, (await ratings.GetAsync()).Status);

        System.IO.File.Delete(File);
        ratings.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
        Assert.Equal(0, await ratings.MetricAsync("bookinfo_fault_active", "fault", "abort"));
    }

    [Fact]
    public async Task A_file_may_have_rules_for_other_services_which_are_logged()
    {
        await WriteAsync("""[{"hang":{},"match":{"route":"/details/{id?}"}},{"abort":{"httpStatus":503}}]""");
        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ratings.GetAsync()).Status);
        ratings.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains(
            "rules[0].match.route must be a route of ratings", Assert.Single(ratings.Log.Of("FaultNeverMatches")).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_is_shown_as_it_was_given_and_can_be_set_again_with_the_choices_that_it_made()
    {
        const string Rule = """{"abort":{"httpStatus":503,"percentage":{"value":50}},"match":{"method":"GET"}}""";
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync($$"""/* half */ {{Rule.Replace(",", " ,\n  ", StringComparison.Ordinal)}},""");
        var first = await GetManyAsync(ratings);
        var rule = Assert.Single(Assert.Single((await ratings.StatusAsync()).Sets).Rules);
        Assert.Equal(Rule, JsonSerializer.Serialize(rule.Rule));
        Assert.Equal((40, first.Count(status => status != HttpStatusCode.OK)), (rule.Matched, rule.Injected));

        await ratings.RemoveAsync();
        var again = JsonNode.Parse(rule.Rule.GetRawText())!.AsObject();
        again["seed"] = rule.Seed;
        await ratings.SetAsync(again.ToJsonString());
        Assert.Equal(first, await GetManyAsync(ratings));
    }

    [Fact]
    public async Task Rules_that_say_the_same_in_other_words_go_on_as_they_are()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"delay":{"fixedDelay":"0s","percentage":50}},{"notReady":{}}""");
        await ratings.GetAsync();
        ratings.Clock.Advance(TimeSpan.FromSeconds(20));
        var status = await ratings.SetAsync(
            """{"name":"delay", "delay":{"percentage":{"value":5e1},"fixedDelay":"0ms"}}, {"notReady":{"health":false}}""");
        Assert.Equal(30, Assert.Single(status.Sets).RemainingSeconds);
        Assert.Equal(1, status.Sets[0].Rules[0].Matched);
        Assert.Equal(2, ratings.Log.Of("FaultBegan").Count);

        await ratings.SetAsync("""{"delay":{"fixedDelay":"0s","percentage":51}},{"notReady":{}}""");
        Assert.Equal(4, ratings.Log.Of("FaultBegan").Count);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused()
    {
        await using var ratings = await FaultyService.StartAsync($"FAULTS_FILE={File}");
        await WriteAsync(ratings, Abort.PadRight(300_000));
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
        Assert.Single(ratings.Log.Of("FaultsRefused"));
    }

    [Fact]
    public async Task Other_rules_under_the_same_name_replace_those_before()
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"abort":{"httpStatus":503}}""");
        await ratings.SetAsync("""{"abort":{"httpStatus":429}}""");
        await ratings.SetAsync("""{"notReady":{}}""", "other");
        Assert.Equal((HttpStatusCode)429, (await ratings.GetAsync()).Status);
        Assert.Equal(["test", "other"], (await ratings.StatusAsync()).Sets.Select(set => set.Name));
        Assert.Equal(HttpStatusCode.OK, await ratings.RemoveAsync());
        Assert.Equal(HttpStatusCode.NotFound, await ratings.RemoveAsync());
        Assert.Equal(HttpStatusCode.OK, (await ratings.GetAsync()).Status);
    }

    [Theory]
    [InlineData("", "the body must be JSON")]
    [InlineData("[]", "the body must be JSON")]
    [InlineData("""{"\ud800":1}""", "the body must be valid text: half of a surrogate pair")]
    [InlineData("""{"ttl":"\ud800","rules":[]}""", "the body must be valid text: half of a surrogate pair")]
    [InlineData("""{"rules":[]}""", "ttl or rules is missing")]
    [InlineData("""{"ttl":"30s"}""", "ttl or rules is missing")]
    [InlineData("""{"ttl":"30s","rules":[],"rules":[]}""", "in which no key comes twice")]
    [InlineData(
        """{"ttl":"30s","rules":[{"hang":{},"match":{"route":"/details/{id?}"}}]}""",
        "rules[0].match.route must be a route of ratings: /ratings/{id?}")]
    [InlineData("""{"ttl":"0s","rules":[]}""", "ttl must be a time from 1s to 1h")]
    [InlineData("""{"ttl":"2h","rules":[]}""", "ttl must be a time from 1s to 1h")]
    [InlineData("""{"ttl":"30","rules":[]}""", "ttl must be a time from 1s to 1h")]
    [InlineData("""{"ttl":"30s","rules":{}}""", "rules must be a list of rules")]
    [InlineData("""{"ttl":"30s","rules":[{"abort":{"httpStatus":503}},{"dely":{}}]}""", "rules[1].dely is not known")]
    public async Task What_is_not_allowed_changes_nothing(string body, string message)
    {
        await using var ratings = await FaultyService.StartAsync();
        await ratings.SetAsync("""{"abort":{"httpStatus":429}}""");
        var (status, answer) = await ratings.PutAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(message, answer, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode)429, (await ratings.GetAsync()).Status);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var ratings = await FaultyService.StartAsync();
        var port = ratings.Management.BaseAddress!.Port;
        await using var processes = new ServiceProcesses();
        processes.Set("ratings-v1", "MANAGEMENT_LISTEN", $"{port}");
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => processes.StartAsync("ratings-v1"));
        Assert.Contains(
            $"ended with 3: ratings cannot start: the management port 127.0.0.1:{port} is not available",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("Set MANAGEMENT_LISTEN to a free one.", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<List<HttpStatusCode>> GetManyAsync(FaultyService service)
    {
        var answers = new List<HttpStatusCode>();
        for (var number = 0; number < 40; number++)
        {
            answers.Add((await service.GetAsync()).Status);
        }

        return answers;
    }

    private Task WriteAsync(string text) => System.IO.File.WriteAllTextAsync(File, text, TestContext.Current.CancellationToken);

    private async Task WriteAsync(FaultyService service, string text)
    {
        await WriteAsync(text);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Lets the file be a link to another, in the place of what it was.</summary>
    private void PointTo(string target)
    {
        var link = File + ".new";
        System.IO.File.CreateSymbolicLink(link, target);
        System.IO.File.Move(link, File, overwrite: true);
    }
}
