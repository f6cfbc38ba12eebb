using Bookinfo.LoadWorker;
using Microsoft.Extensions.Configuration;

namespace Bookinfo.Load.Tests;

/// <summary>What the settings of traffic mean, and what is said of those that are not allowed.</summary>
public sealed class TrafficSettingsTests
{
    [Fact]
    public void A_rate_is_enough() => Assert.Equal(
        new SteadySettings(new ProfileSettings(ProfileKind.Constant, 2.5, 3600), ArrivalProcess.Poisson), Read(("rate", "2.5")));

    [Fact]
    public void Everything_may_be_set() => Assert.Equal(
        new SteadySettings(new ProfileSettings(ProfileKind.Spike, 10, 90, From: 1, Peak: 100, Steps: 3), ArrivalProcess.Jittered),
        Read(
            ("rate", "10"), ("profile", "spike"), ("period-minutes", "1.5"), ("from", "1"), ("peak", "100"), ("steps", "3"),
            ("arrivals", "jittered")));

    [Fact]
    public void No_rate_is_no_traffic() => Assert.Null(Read(("rate", "0")).Profile);

    [Theory]
    [InlineData("rate", "fast", "rate 'fast' is not allowed: it must be 0, or a number from 0.1 to 10000")]
    [InlineData("rate", "0.09", "rate '0.09' is not allowed: it must be 0, or a number from 0.1 to 10000")]
    [InlineData("rate", "-1", "rate '-1' is not allowed")]
    [InlineData("rate", "10001", "rate '10001' is not allowed")]
    [InlineData("rate", "1e3", "rate '1e3' is not allowed")]
    [InlineData("rate", "NaN", "rate 'NaN' is not allowed")]
    [InlineData("profile", "flat", "profile 'flat' is not allowed: it must be one of constant, ramp, steps, spike, diurnal")]
    [InlineData("profile", "1", "profile '1' is not allowed")]
    [InlineData("period-minutes", "0", "period-minutes '0' is not allowed: it must be a number from 1 to 1440")]
    [InlineData("from", "x", "from 'x' is not allowed: it must be a number from 0 to 10000")]
    [InlineData("peak", "10001", "peak '10001' is not allowed: it must be a number from 0 to 10000")]
    [InlineData("steps", "0", "steps '0' is not allowed: it must be a whole number from 1 to 1000")]
    [InlineData("steps", "2.5", "steps '2.5' is not allowed: it must be a whole number from 1 to 1000")]
    [InlineData("arrivals", "random", "arrivals 'random' is not allowed: it must be one of even, poisson, jittered")]
    [InlineData("speed", "1", "there is no setting 'speed', only rate, profile, period-minutes, from, peak, steps, arrivals")]
    public void A_value_that_is_not_allowed_is_told_of_with_what_is(string name, string value, string why)
    {
        var texts = new Dictionary<string, string> { ["rate"] = "1", [name] = value };
        Assert.StartsWith(why, Assert.Throws<FormatException>(() => TrafficSettings.Read(texts)).Message);
    }

    [Fact]
    public void A_rate_that_is_missing_is_told_of() =>
        Assert.StartsWith("the setting 'rate' is missing", Assert.Throws<FormatException>(() => Read()).Message);

    [Theory]
    [InlineData("no requests", "0", "constant")]
    [InlineData("constant 1.5 requests a second, poisson arrivals", "1.5", "constant")]
    [InlineData("diurnal 20 requests a second, poisson arrivals, a period of 60 minutes", "20", "diurnal")]
    public void What_they_ask_for_is_said_in_words(string text, string rate, string profile) =>
        Assert.Equal(text, TrafficSettings.Describe(Read(("rate", rate), ("profile", profile))));

    [Fact]
    public void An_empty_field_of_a_manifest_sets_nothing()
    {
        string[] names = ["TRAFFIC_URL", "TRAFFIC_SETTINGS", "TRAFFIC_CONNECTIONS"];

        Assert.Equal(
            new TrafficOptions(new Uri("http://productpage:9080"), "/etc/traffic", 32),
            TrafficOptions.Read(
                new ConfigurationBuilder().AddInMemoryCollection(names.Select(name => KeyValuePair.Create(name, (string?)""))).Build()));
    }

    [Fact]
    public void A_file_without_an_end_is_not_read_to_its_end()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-traffic-");
        File.CreateSymbolicLink(Path.Combine(directory.FullName, "rate"), "/dev/zero");

        Assert.Equal(
            "the setting 'rate' has more than 1000 characters",
            Assert.Throws<IOException>(() => TrafficSettings.Load(directory.FullName)).Message);
        directory.Delete(recursive: true);
    }

    private static SteadySettings Read(params IEnumerable<(string Name, string Text)> texts) =>
        TrafficSettings.Read(texts.ToDictionary(text => text.Name, text => text.Text));
}
