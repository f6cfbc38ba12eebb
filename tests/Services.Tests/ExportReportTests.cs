using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>What the log says of exports that come and go: no failure stays untold, and none shows a password.</summary>
public sealed class ExportReportTests : IDisposable
{
    private readonly RecordedLog _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly ExportReport _report = new("traces");

    public void Dispose() => _log.Dispose();

    [Fact]
    public void What_fails_within_a_minute_of_the_first_failure_is_told_at_its_end()
    {
        Begin();
        Fail(5);
        _clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["failed 1 times"], Told());
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["failed 1 times", "failed 4 times"], Told());
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, Told().Count);
    }

    /// <summary>A quota, or a collector that restarts.</summary>
    [Fact]
    public void What_fails_after_it_worked_again_is_told_as_well_and_so_is_that_it_works_after_that()
    {
        Begin();
        Fail(3);
        _report.Succeed();
        Fail(7);
        _report.Succeed();
        Assert.Equal(["failed 1 times", "failed 2 more times"], Told());
        _clock.Advance(TimeSpan.FromMinutes(1));
        _report.Succeed();
        Assert.Equal(["failed 1 times", "failed 2 more times", "failed 7 times", "failed 0 more times"], Told());
        _report.Succeed();
        Assert.Equal(4, Told().Count);
        Assert.Equal(10, _report.Failures);
        Assert.Equal(20, _report.Undelivered);
    }

    [Fact]
    public void What_is_not_told_yet_when_the_service_stops_is_told_then()
    {
        Begin();
        Fail(1);
        _report.Succeed();
        Fail(4);
        _report.TellRest();
        _report.TellRest();
        Assert.Equal(["failed 1 times", "failed 0 more times", "failed 4 times"], Told());
    }

    [Fact]
    public void What_failed_before_there_was_a_log_is_told()
    {
        Fail(2);
        Begin();
        Assert.Equal(["failed 2 times"], Told());
    }

    /// <summary>The platform names a proxy as the setting has it.</summary>
    [Theory]
    [InlineData("to proxy 'http://user:hush@10.0.0.7:3128/' failed with status code '407'.", "'http://...@10.0.0.7:3128/' failed with")]
    [InlineData("to proxy 'http://user:hu/h@us@hush@proxy/' failed", "'http://...@proxy/' failed")]
    [InlineData("to proxy 'http://user:hush hush'hush@proxy/' failed", "'http://...@proxy/' failed")]
    [InlineData("from http://user:hush@proxy to https://user:hush@collector", "from http://...@collector")]
    [InlineData("Connection refused (collector:4318)", "reported: Connection refused (collector:4318)")]
    public void A_password_in_a_reason_is_not_shown(string reason, string shown)
    {
        Begin();
        _report.Fail(reason, records: 1);
        var text = Assert.Single(_log.Events).Text;
        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
    }

    private void Begin() => _report.WriteTo(_log.CreateLogger(""), _clock);

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _report.Fail("it is down", records: 2);
        }
    }

    private List<string> Told() =>
        [.. _log.Events.Select(told => $"failed {told.Text.Split(" failed ")[1].Split(" times ")[0]} times")];
}
