namespace Bookinfo.Verification.Tests;

/// <summary>Which alert of the past belongs to which scenario of a game day.</summary>
public sealed class GameDayAlertsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A scenario from second 100 to second 200.</summary>
    [Theory]
    [InlineData(130, 250, 30.0, 50.0)]
    [InlineData(130, 190, 30.0, 0.0)] // It was resolved before the faults were taken away.
    [InlineData(230, 290, 130.0, 90.0)] // It fired afterwards, which is late.
    [InlineData(600, 700, null, null)] // The scenario cannot be why.
    public void An_alert_that_fires_after_a_scenario_began_is_its_own(int from, int to, double? seen, double? gone)
    {
        var found = Find(Day(Played("a", 100, 200)), 0, Series("Slow", "page", from, to));

        Assert.Equal((seen, gone), (found.Outcome.SeenAfter?.TotalSeconds, found.Outcome.ClearAfter?.TotalSeconds));
        Assert.Equal((null, null, false), (found.Untold, found.UntoldEnd, found.IsOpen));
    }

    [Fact]
    public void An_alert_that_fires_twice_is_gone_when_it_is_for_the_second_time()
    {
        var twice = Series("Slow", "page", 130, 190) with { Firing = [.. MadeDay.Every10(130, 160), .. MadeDay.Every10(210, 240)] };

        var found = Find(Day(Played("a", 100, 200)), 0, twice);
        Assert.Equal((30, 40), (found.Outcome.SeenAfter!.Value.TotalSeconds, found.Outcome.ClearAfter!.Value.TotalSeconds));
    }

    [Fact]
    public void Another_severity_is_another_alert() =>
        Assert.Null(Find(Day(Played("a", 100, 200)), 0, Series("Slow", "ticket", 130, 190)).Outcome.SeenAfter);

    [Fact]
    public void An_alert_that_was_firing_before_tells_nothing()
    {
        var found = Find(Day(Played("a", 100, 200)), 0, Series("Slow", "page", 90, 150));

        Assert.Equal("alert Slow: it was firing before 'a' began.", found.Untold);
        Assert.Null(found.Outcome.SeenAfter);
    }

    [Fact]
    public void What_was_on_for_too_short_need_not_be_noticed() => Assert.Equal(
        "alert Slow: it did not fire, and need not have: 'a' was on for 59s, and the alert may take 60s.",
        Find(Day(Played("a", 100, 159)), 0).Untold);

    /// <summary>The alert of the first may still be to come when the second is on.</summary>
    [Fact]
    public void What_two_scenarios_may_have_caused_is_held_against_neither()
    {
        PlayedScenario[] played = [Played("a", 100, 200), Played("b", 230, 330)];
        var alert = Series("Slow", "page", 250, 300);

        Assert.Equal("alert Slow: it fired at 03:04:10, and 'b' of 03:03:50 may be the cause.", Find(played, 0, alert).Untold);
        Assert.Equal("alert Slow: it fired at 03:04:10, and 'a' of 03:01:40 may be the cause.", Find(played, 1, alert).Untold);
        // Of a scenario that nobody knows, nobody knows what it causes.
        played[1] = played[1] with { Scenario = null };
        Assert.NotNull(Find(played, 0, alert).Untold);
    }

    /// <summary>The next one may keep it firing.</summary>
    [Theory]
    [InlineData(310, false)]
    [InlineData(350, true)]
    public void That_an_alert_goes_on_when_the_next_scenario_is_on_may_be_because_of_that(int to, bool isUntold)
    {
        var found = Find([Played("a", 100, 200), Played("b", 300, 400)], 0, Series("Slow", "page", 130, to));

        Assert.Equal(30, found.Outcome.SeenAfter!.Value.TotalSeconds);
        Assert.Equal(
            isUntold ? "alert Slow: it was still firing when 'b' began at 03:05:00, which may be why." : null, found.UntoldEnd);
    }

    [Theory]
    [InlineData(150, true)] // It may fire until second 160.
    [InlineData(190, true)]
    [InlineData(191, false)]
    public void An_alert_is_waited_for_until_it_is_late(int now, bool isOpen) =>
        Assert.Equal(isOpen, Find(Day(Played("a", 100, 180)), 0, now).IsOpen);

    [Theory]
    [InlineData(330, true)] // It may be resolved until second 320.
    [InlineData(350, true)]
    [InlineData(351, false)]
    public void Its_end_is_waited_for_until_it_is_late(int now, bool isOpen)
    {
        var found = Find(Day(Played("a", 100, 200)), 0, now, Series("Slow", "page", 130, now - (now % 10)));

        Assert.Equal((null, isOpen), (found.Outcome.ClearAfter, found.IsOpen));
    }

    [Theory]
    [InlineData("Slow", "page", 130, null)] // It is declared.
    [InlineData("Slow", "ticket", 130, AlertCause.Scenario)]
    [InlineData("Possible", "page", 450, AlertCause.Scenario)]
    [InlineData("Possible", "page", 510, AlertCause.None)] // Five minutes after the faults nothing of them is left.
    [InlineData("Other", "page", 130, AlertCause.None)]
    [InlineData("Other", "page", 90, AlertCause.Earlier)]
    [InlineData("Other", "page", 800, AlertCause.Unknown)]
    public void What_fires_besides_has_a_cause_or_none(string name, string severity, int from, AlertCause? cause)
    {
        PlayedScenario[] played = [Played("a", 100, 200), Played("b", 750, 850) with { Scenario = null }];

        var others = new GameDayAlerts(played, [Series(name, severity, from, from + 20)], MadeDay.At(2000), Patience)
            .FindOthers(played[0].BeganAt);

        Assert.Equal(cause is null ? [] : [(name, cause.Value)], others.Select(other => (other.Alert, other.Cause)));
    }

    [Fact]
    public void What_fired_before_the_day_explains_nothing_hours_later()
    {
        var twice = Series("Other", "page", 90, 110) with { Firing = [.. MadeDay.Every10(90, 110), .. MadeDay.Every10(1500, 1520)] };
        var others = new GameDayAlerts([Played("a", 100, 200)], [twice], MadeDay.At(2000), Patience).FindOthers(MadeDay.At(100));

        Assert.Equal([AlertCause.Earlier, AlertCause.None], others.Select(other => other.Cause));
    }

    private static PlayedScenario Played(string name, int began, int ended) =>
        new(MadeDay.Entry(name, began, ended), MadeDay.Scenario(name), Problem: null);

    private static PlayedScenario[] Day(params PlayedScenario[] played) => played;

    private static AlertSeries Series(string name, string severity, int from, int to) =>
        new(name, MadeDay.Labels(severity), [], MadeDay.Every10(from, to));

    private static SeenSymptom Find(PlayedScenario[] played, int index, params AlertSeries[] history) => Find(played, index, 2000, history);

    private static SeenSymptom Find(PlayedScenario[] played, int index, int now, params AlertSeries[] history) =>
        new GameDayAlerts(played, history, MadeDay.At(now), Patience).Find(played[index], MadeDay.Alert);
}
