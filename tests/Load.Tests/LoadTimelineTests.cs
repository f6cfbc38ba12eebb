using Bookinfo.ToolTesting;
using FsCheck;
using FsCheck.Xunit;

namespace Bookinfo.Load.Tests;

/// <summary>A run over time: which requests belong to which phase. No clock here.</summary>
public sealed class LoadTimelineTests
{
    private const long Second = 1_000_000_000;

    public static TheoryData<string, string[]> Profiles { get; } = new()
    {
        { "constant", ["1st quarter 0-5", "2nd quarter 5-10", "3rd quarter 10-15", "4th quarter 15-20"] },
        { "ramp", ["1st quarter 0-5", "2nd quarter 5-10", "3rd quarter 10-15", "4th quarter 15-20"] },
        { "steps", ["step 1 0-4", "step 2 4-8", "step 3 8-12", "step 4 12-16", "step 5 16-20"] },
        { "spike", ["before 0-9", "spike 9-11", "after 11-20"] },
        { "diurnal", ["night 0-5", "morning 5-10", "afternoon 10-15", "evening 15-20"] },
    };

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_profile_has_phases_that_fill_its_time(string name, string[] phases)
    {
        var profile = Profile(name);

        Assert.Equal(
            phases, profile.Phases.Select(phase => FormattableString.Invariant($"{phase.Name} {phase.From:0.##}-{phase.To:0.##}")));
        Assert.Equal(name == "spike" ? 1 : null, profile.Disturbance);
        // The rate of a step or a spike changes where its phase begins.
        if (name is "steps" or "spike")
        {
            Assert.All(profile.Phases, phase => Assert.Equal(profile.RateAt(phase.From + 0.001), profile.RateAt(phase.To - 0.001)));
        }
    }

    [Fact]
    public void A_request_belongs_to_when_it_was_due_and_is_achieved_when_it_ended()
    {
        var timeline = new LoadTimeline(Profile("spike"));

        timeline.Add(Request(9 * Second, 12 * Second, ErrorKind.Timeout));
        timeline.Add(Request((9 * Second) - 1, 10 * Second));
        timeline.Add(Request(19 * Second, 21 * Second));
        timeline.Add(Request(1, 2) with { Index = -1 });

        Assert.Equal([1L, 1, 1], timeline.Phases.Select(phase => phase.Sent));
        Assert.Equal([0L, 1, 1], timeline.Phases.Select(phase => phase.Ended));
        Assert.Equal([0L, 1, 0], timeline.Phases.Select(phase => phase.Failed));
        Assert.Equal(3_000_000, timeline.Phases[1].FromDue.GetValueAtPercentile(100), 3000.0);
        Assert.Equal(ErrorKind.Timeout, Assert.Single(timeline.Phases[1].Errors).Error);
        Assert.Equal(1, timeline.Slices[1][0].Sent);
        Assert.Equal(1, timeline.Slices[2][1].Ended);
    }

    [Property(MaxTest = 30)]
    public void Slices_add_up_to_their_phase_and_phases_to_all(NonNegativeInt requests, int seed, bool steps)
    {
        var profile = Profile(steps ? "steps" : "diurnal");
        var timeline = new LoadTimeline(profile);
        var random = new Random(seed);
        for (var request = 0; request < requests.Get; request++)
        {
            var due = random.NextInt64(20 * Second);
            timeline.Add(Request(due, due + random.NextInt64(3 * Second), (ErrorKind)random.Next(3)));
        }

        Assert.Equal(requests.Get, timeline.Phases.Sum(phase => phase.Sent));
        foreach (var (phase, slices) in timeline.Phases.Zip(timeline.Slices))
        {
            Assert.Equal(
                (phase.From, phase.To, phase.Sent, phase.Failed, phase.Ended),
                (slices[0].From, slices[^1].To, slices.Sum(slice => slice.Sent), slices.Sum(slice => slice.Failed),
                    slices.Sum(slice => slice.Ended)));
        }
    }

    [Theory]
    [InlineData(50, 60, 1)]
    [InlineData(50, 86_400, 144)]
    [InlineData(2, 600, 15)]
    [InlineData(0.01, 600, 150)]
    [InlineData(50, 0.5, 0.125)]
    public void Slices_are_a_second_or_as_long_as_time_and_rate_need(double rate, double duration, double length)
    {
        var slice = new LoadTimeline(new ConstantProfile(rate, duration)).Slices[0][0];

        Assert.InRange((slice.To - slice.From) / length, 0.9, 1.1);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(7)]
    [InlineData(19)]
    [InlineData(29.9)]
    [InlineData(31)]
    public void A_slice_has_enough_requests_for_a_median_however_low_the_rate(double rate)
    {
        var profile = new ConstantProfile(rate, 400);
        var timeline = new LoadTimeline(profile);
        for (var arrival = 0; profile.TimeOf(arrival) is var due && double.IsFinite(due); arrival++)
        {
            timeline.Add(Request((long)(due * Second), (long)(due * Second) + 4_000_000));
        }

        Assert.All(timeline.Slices.SelectMany(slices => slices), slice => Assert.NotNull(Percentiles.Of(slice.FromDue).At(50)));
    }

    [Fact]
    public void A_run_that_was_ended_early_has_the_phases_and_slices_that_it_reached()
    {
        var timeline = new LoadTimeline(Profile("spike"));
        timeline.Add(Request(8 * Second, 9 * Second));
        timeline.Add(Request(10 * Second, (10 * Second) + 1));

        timeline.Stopped((10 * Second) + (Second * 7 / 10));
        // What was under way ends, but not in time.
        timeline.Add(Request(10 * Second, 11 * Second));

        Assert.Equal([(0.0, 9.0, 1L, 0L), (9, 10.7, 2, 2)], timeline.Phases.Select(
            phase => (phase.From, phase.To, phase.Sent, phase.Ended)));
        Assert.Equal([9, 2, 0], timeline.Slices.Select(slices => slices.Count));
        Assert.Equal((10.0, 10.7, 2L), (timeline.Slices[1][1].From, timeline.Slices[1][1].To, timeline.Slices[1][1].Sent));

        // A slice that had hardly begun says nothing about a rate.
        timeline.Stopped((10 * Second) + (Second * 4 / 10));
        Assert.Equal([9, 1, 0], timeline.Slices.Select(slices => slices.Count));
        Assert.Equal(10.4, timeline.Phases[1].To);
        // Ended before anything was due.
        timeline.Stopped(0);
        Assert.Equal((0.0, 0.0), (Assert.Single(timeline.Phases).From, timeline.Phases[0].To));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_request_that_is_like_one_before()
    {
        var timeline = new LoadTimeline(Profile("steps"));
        var breakdown = new LoadBreakdown(LoadRunner.Plan(new Uri("http://localhost:1"), rate: 1, seconds: 1).Mix);
        void Record()
        {
            for (var request = 0; request < 1000; request++)
            {
                var sample = Request(Second, (2 * Second) + request, request % 2 == 0 ? ErrorKind.None : ErrorKind.Reset);
                timeline.Add(sample);
                breakdown.Add(sample);
            }
        }

        Record();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Record();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((2000, 2000), (timeline.Phases[0].Sent, breakdown.Parts.Sum(part => part.Sent)));
    }

    private static Sample Request(long due, long done, ErrorKind error = ErrorKind.None) =>
        new() { Due = due, Sent = due, Done = done, Error = error, Hops = HopTimes.None };

    private static RateProfile Profile(string name) => name switch
    {
        "constant" => new ConstantProfile(50, 20),
        "ramp" => new RampProfile(0, 50, 20),
        "steps" => new StepsProfile(50, 5, 20),
        "spike" => new SpikeProfile(50, 250, 20),
        _ => new DiurnalProfile(5, 50, 20),
    };
}
