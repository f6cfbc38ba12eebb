using Bookinfo.Contracts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Services.Tests;

/// <summary>Rules are read as they are meant, or refused with where and what is allowed.</summary>
public sealed class FaultRuleReaderTests
{
    [Fact]
    public void Everything_that_a_rule_can_say_is_read()
    {
        var rule = Assert.Single(FaultRuleReader.Read(
            """
            [
              // As Istio writes it.
              {
                "name": "slow",
                "delay": { "fixedDelay": "1m1.5s", "percentage": { "value": 12.5 } },
                "match": { "route": "/ratings/{id?}", "method": "GET", "endUser": "jason", "caller": "reviews" },
                "start": "5s", "end": "60s", "cycle": { "off": "1s", "on": "2s" }, "seed": 7,
              },
            ]
            """));
        Assert.Equal(("slow", FaultCatalog.Delay, 12.5, 0, 7), (rule.Name, rule.Kind.Name, rule.Percentage, rule.Every, rule.Seed));
        Assert.Equal(TimeSpan.FromSeconds(61.5), rule.Duration("fixedDelay"));
        Assert.Equal(("/ratings/{id?}", "GET", "jason", "reviews"), (rule.Route, rule.Method, rule.EndUser, rule.Caller));
        Assert.Equal([5, 60, 1, 2], new[] { rule.Start, rule.End!.Value, rule.CycleOff, rule.CycleOn }.Select(time => time.TotalSeconds));
    }

    [Fact]
    public void Each_fault_is_read_with_the_least_that_it_needs()
    {
        var rules = FaultRuleReader.Read($"[{string.Join(',', Examples.Values)}]");
        Assert.Equal(FaultCatalog.All.Select(kind => kind.Name), rules.Select(rule => rule.Name));
        Assert.All(rules, rule => Assert.Equal(100, rule.Percentage));
        Assert.Equal(FaultCatalog.All.Select(kind => kind.Name), Examples.Keys);
    }

    [Theory]
    [InlineData("""{}""", "rules must be a list")]
    [InlineData("""[[]]""", "rules[0] must be an object")]
    [InlineData("""[{}]""", "rules[0] must have a fault: one of delay, abort")]
    [InlineData("""[{"dely":{}}]""", "rules[0].dely is not known: there can be one of the faults delay, abort")]
    [InlineData("""[{"delay":{"fixedDelay":"1s"},"abort":{"httpStatus":500}}]""", "rules[0].abort must be in a rule of its own")]
    [InlineData("""[{"delay":"1s"}]""", "rules[0].delay must be an object")]
    [InlineData("""[{"delay":{}}]""", "rules[0].delay must have fixedDelay, or least and most, or mean and deviation, or median and p99")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","most":"2s"}}]""", "rules[0].delay must have fixedDelay, or")]
    [InlineData("""[{"delay":{"least":"1s"}}]""", "rules[0].delay must have fixedDelay, or")]
    [InlineData("""[{"delay":{"fixedDelay":1}}]""", "rules[0].delay.fixedDelay must be a time up to 1h, such as 1.5s")]
    [InlineData("""[{"delay":{"fixedDelay":"1"}}]""", "rules[0].delay.fixedDelay must be a time")]
    [InlineData("""[{"delay":{"fixedDelay":"2h"}}]""", "rules[0].delay.fixedDelay must be a time")]
    [InlineData("""[{"delay":{"fixedDelay":"-1s"}}]""", "rules[0].delay.fixedDelay must be a time")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","fixedDelay":"2s"}}]""", "must be JSON")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percent":5}}]""", "rules[0].delay.percent is not known: there can be one of fixedDelay, ")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percentage":101}}]""", "rules[0].delay.percentage must be a number from 0 to 100")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percentage":{"value":-1}}}]""", "rules[0].delay.percentage.value must be a number")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percentage":{}}}]""", "rules[0].delay.percentage.value must be a number")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percentage":{"valu":1}}}]""", "rules[0].delay.percentage.valu is not known")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","percentage":1,"every":2}}]""", "rules[0].delay.percentage cannot be combined with every")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","every":0}}]""", "rules[0].delay.every must be a whole number from 1")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","every":1.5}}]""", "rules[0].delay.every must be a whole number from 1")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","every":3,"burst":4}}]""", "rules[0].delay.burst must be a whole number from 1 to 3")]
    [InlineData("""[{"delay":{"fixedDelay":"1s","burst":1}}]""", "rules[0].delay.burst needs every beside it")]
    [InlineData("""[{"abort":{"httpStatus":200}}]""", "rules[0].abort.httpStatus must be a whole number from 400 to 599")]
    [InlineData("""[{"abort":{"httpStatus":"503"}}]""", "rules[0].abort.httpStatus must be a whole number from 400 to 599")]
    [InlineData("""[{"abort":{}}]""", "rules[0].abort must have httpStatus: the status")]
    [InlineData("""[{"disconnect":{"when":"after"}}]""", "rules[0].disconnect.when must be before or during")]
    [InlineData("""[{"notReady":{"health":"yes"}}]""", "rules[0].notReady.health must be true or false")]
    [InlineData("""[{"memory":{"rate":"1Mi","limit":"1TB"}}]""", "rules[0].memory.limit must be a size from 1Ki to 64Gi")]
    [InlineData("""[{"cpu":{"percentage":5}}]""", "rules[0].cpu.percentage is not known: there can be one of cores")]
    [InlineData("""[{"notLive":{"x":5}}]""", "rules[0].notLive.x is not allowed: notLive takes no parameters")]
    [InlineData("""[{"cpu":{},"match":{"method":"GET"}}]""", "rules[0].match cannot be combined with cpu")]
    [InlineData("""[{"hang":{},"match":{"path":"/"}}]""", "rules[0].match.path is not known: there can be one of route, method, ")]
    [InlineData("""[{"hang":{},"match":{"route":"ratings"}}]""", "rules[0].match.route must be the template")]
    [InlineData("""[{"hang":{},"match":{"route":"/rating/{id?}"}}]""", "rules[0].match.route must be the template of a route")]
    [InlineData("""[{"hang":{},"match":{"method":"get"}}]""", "rules[0].match.method must be one of GET")]
    [InlineData("""[{"hang":{},"match":{"endUser":""}}]""", "rules[0].match.endUser must be a text")]
    [InlineData("""[{"hang":{},"start":"5s","end":"5s"}]""", "rules[0].end must be later than the start")]
    [InlineData("""[{"hang":{},"end":"0s"}]""", "rules[0].end must be a time from 1ms up to 24h")]
    [InlineData("""[{"hang":{},"cycle":{"on":"1s"}}]""", "rules[0].cycle must have off")]
    [InlineData("""[{"hang":{},"seed":-1}]""", "rules[0].seed must be a whole number from 0 to 2147483647")]
    [InlineData("""[{"hang":{},"name":"a b"}]""", "rules[0].name must have 1 to 63 letters")]
    [InlineData("""[{"hang":{}},{"hang":{}}]""", "rules[1] must have a name of its own: another rule is called 'hang' too")]
    [InlineData("""nonsense""", "line 1 must be JSON")]
    [InlineData("""[{"delay":{"least":"2s","most":"1s"}}]""", "rules[0].delay.most must not be less than least")]
    [InlineData("""[{"delay":{"median":"2s","p99":"1s"}}]""", "rules[0].delay.p99 must not be less than median")]
    [InlineData("""[{"hang":{},"match":{"method":"BREW"}}]""", "rules[0].match.method must be one of GET, HEAD")]
    [InlineData("""[{"hang":{},"match":{"caller":"review"}}]""", "rules[0].match.caller must be a service that calls others")]
    [InlineData("""[{"abort":{"httpStatus":500,"message":"\ud800"}}]""", "rules must be valid text")]
    [InlineData("""[{"\ud800":{}}]""", "rules must be valid text")]
    public void What_is_not_allowed_is_refused_with_the_place_and_what_is(string json, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidFaultException>(() => FaultRuleReader.Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(
        """{"delay":{"fixedDelay":"1s"}}""", """{"name":"delay","delay":{"fixedDelay":"1000ms","percentage":{"value":100}}}""", true)]
    [InlineData("""{"memory":{"rate":"1Mi","limit":"32Mi"}}""", """{"memory":{"limit":33554432,"rate":"1024Ki"},"start":"0s"}""", true)]
    [InlineData("""{"disconnect":{}}""", """{"disconnect":{"when":"before"}}""", true)]
    [InlineData("""{"disconnect":{}}""", """{"disconnect":{"when":"during"}}""", false)]
    [InlineData("""{"delay":{"fixedDelay":"1s"}}""", """{"delay":{"fixedDelay":"1001ms"}}""", false)]
    [InlineData("""{"delay":{"least":"1s","most":"1s"}}""", """{"delay":{"mean":"1s","deviation":"1s"}}""", false)]
    [InlineData("""{"hang":{}}""", """{"hang":{},"name":"other"}""", false)]
    [InlineData("""{"hang":{}}""", """{"hang":{"every":1}}""", false)]
    [InlineData("""{"hang":{}}""", """{"hang":{},"match":{"endUser":"jason"}}""", false)]
    [InlineData("""{"hang":{}}""", """{"hang":{},"cycle":{"off":"1s","on":"1s"}}""", false)]
    [InlineData("""{"hang":{}}""", """{"hang":{},"seed":1}""", false)]
    public void Rules_are_compared_by_what_they_say(string one, string other, bool same)
    {
        var (first, second) = (FaultRuleReader.Read($"[{one}]")[0], FaultRuleReader.Read($"[{other}]")[0]);
        Assert.Equal((same, same), (first.SaysTheSameAs(second), second.SaysTheSameAs(first)));
    }

    [Fact]
    public void There_are_64_rules_at_most() => Assert.Throws<InvalidFaultException>(() => FaultRuleReader.Read(
        $"[{string.Join(',', Enumerable.Range(0, 65).Select(number => $$"""{"hang":{},"name":"r{{number}}"}"""))}]"));

    /// <summary>Rules come from files and from a network, so whatever is in them is an error of theirs and none of ours.</summary>
    [Property(MaxTest = 2000)]
    public Property Mutated_rules_are_read_or_refused() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Example, int At, char Other)>(),
        change =>
        {
            var json = $"[{Examples.Values.ElementAt(Math.Abs(change.Example % Examples.Count))}]";
            var at = (int)((uint)change.At % json.Length);
            try
            {
                FaultRuleReader.Read($"{json[..at]}{change.Other}{json[(at + 1)..]}");
            }
            catch (InvalidFaultException)
            {
                // As it should be.
            }
        });

    [Theory]
    [InlineData(0, false, 10.0)]
    [InlineData(10, false, 3.0)]
    [InlineData(13, true, 2.0)]
    [InlineData(15, false, 3.0)]
    [InlineData(18, true, 1.0)]
    [InlineData(19, false, null)]
    public void A_rule_with_times_takes_turns_until_its_end(double age, bool active, double? next)
    {
        var rule = FaultRuleReader.Read("""[{"hang":{},"start":"10s","end":"19s","cycle":{"off":"3s","on":"2s"}}]""")[0];
        Assert.Equal(active, rule.IsActive(TimeSpan.FromSeconds(age)));
        Assert.Equal(next is { } seconds ? TimeSpan.FromSeconds(seconds) : null, rule.NextChange(TimeSpan.FromSeconds(age)));
    }

    /// <summary>The least that each fault needs.</summary>
    private static Dictionary<string, string> Examples { get; } = new()
    {
        ["delay"] = """{"delay":{"fixedDelay":"1s"}}""",
        ["abort"] = """{"abort":{"httpStatus":503}}""",
        ["disconnect"] = """{"disconnect":{}}""",
        ["truncate"] = """{"truncate":{}}""",
        ["wrongBody"] = """{"wrongBody":{}}""",
        ["slowBody"] = """{"slowBody":{"duration":"9s"}}""",
        ["hang"] = """{"hang":{}}""",
        ["cpu"] = """{"cpu":{}}""",
        ["memory"] = """{"memory":{"rate":"1Mi","limit":"32Mi"}}""",
        ["threadPool"] = """{"threadPool":{}}""",
        ["slowStart"] = """{"slowStart":{"duration":"10s"}}""",
        ["notReady"] = """{"notReady":{}}""",
        ["notLive"] = """{"notLive":{}}""",
        ["crash"] = """{"crash":{}}""",
        ["loseSpans"] = """{"loseSpans":{}}""",
        ["loseLogs"] = """{"loseLogs":{}}""",
        ["repeatLogs"] = """{"repeatLogs":{}}""",
        ["slowMetrics"] = """{"slowMetrics":{"fixedDelay":"2s"}}""",
        ["failMetrics"] = """{"failMetrics":{}}""",
        ["resetCounters"] = """{"resetCounters":{}}""",
        ["wrongVersion"] = """{"wrongVersion":{"version":"v9"}}""",
    };
}
