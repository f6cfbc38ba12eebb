namespace Bookinfo.Load.Tests;

/// <summary>When requests are due: pure functions of profile, process and seed. No clock runs here.</summary>
public sealed class LoadScheduleTests
{
    private const double Second = 1e9;

    public static TheoryData<string> Profiles => ["constant", "ramp", "steps", "spike", "diurnal", "ramp down"];

    [Fact]
    public void Even_arrivals_at_a_constant_rate_lie_at_equal_distances_from_the_start_on()
    {
        var due = Take(new ConstantProfile(200, 5), ArrivalProcess.Even);

        Assert.Equal(1000, due.Count);
        Assert.Equal(0, due[0]);
        Assert.All(due.Zip(due.Skip(1)), pair => Assert.Equal(5_000_000, pair.Second - pair.First));
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(7, 50)]
    [InlineData(200, 100)]
    [InlineData(1000, 3)]
    [InlineData(123_457, 100_000)]
    public void A_number_of_requests_at_a_rate_is_exactly_that_many(int requests, double rate)
    {
        var seconds = TimeSpan.FromSeconds(ConstantProfile.SecondsFor(requests, rate)).TotalSeconds;
        Assert.Equal(requests, Take(new ConstantProfile(rate, seconds), ArrivalProcess.Even).Count);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_integral_is_that_of_the_rate_and_the_inverse_its_inverse(string name)
    {
        var profile = Profile(name);
        const int Parts = 200_000;
        double sum = 0;
        for (var part = 0; part < Parts; part++)
        {
            sum += profile.RateAt((part + 0.5) / Parts * profile.Duration) * profile.Duration / Parts;
            if (part % 1000 == 999)
            {
                var time = (part + 1.0) / Parts * profile.Duration;
                Assert.Equal(sum, profile.ArrivalsBy(time), tolerance: 0.02);
                if (part + 1 < Parts)
                {
                    Assert.Equal(time, profile.TimeOf(profile.ArrivalsBy(time)), tolerance: 1e-6);
                }
            }
        }

        Assert.Equal(double.PositiveInfinity, profile.TimeOf(profile.ArrivalsBy(profile.Duration)));
    }

    [Theory]
    [InlineData("ramp", 0, 50)]
    [InlineData("ramp", 0.5, 150)]
    [InlineData("ramp", 1, 250)]
    [InlineData("steps", 0, 50)]
    [InlineData("steps", 0.1999, 50)]
    [InlineData("steps", 0.2001, 100)]
    [InlineData("steps", 1, 250)]
    [InlineData("spike", 0.44, 100)]
    [InlineData("spike", 0.46, 700)]
    [InlineData("spike", 0.54, 700)]
    [InlineData("spike", 0.56, 100)]
    [InlineData("diurnal", 0, 20)]
    [InlineData("diurnal", 0.25, 160)]
    [InlineData("diurnal", 0.5, 300)]
    [InlineData("diurnal", 1, 20)]
    public void A_profile_has_the_rate_that_help_says(string name, double at, double rate) =>
        Assert.Equal(rate, Profile(name).RateAt(at * Profile(name).Duration), tolerance: 1e-9);

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Even_arrivals_follow_the_profile_to_within_one(string name)
    {
        var profile = Profile(name);
        var due = Take(profile, ArrivalProcess.Even);

        Assert.Equal(Math.Ceiling(profile.ArrivalsBy(profile.Duration)), due.Count, tolerance: 1);
        for (var time = 0.0; time <= profile.Duration; time += 0.25)
        {
            Assert.Equal(profile.ArrivalsBy(time), due.Count(moment => moment < time * Second), tolerance: 1.001);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Poisson_arrivals_follow_the_profile_as_closely_as_chance_allows(string name)
    {
        var profile = Profile(name);
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var due = Take(profile, ArrivalProcess.Poisson, seed);
            for (var part = 1; part <= 10; part++)
            {
                // A count of a Poisson process has the deviation of its root: five of these are one in a million.
                var expected = profile.ArrivalsBy(part * profile.Duration / 10);
                Assert.InRange(
                    due.Count(moment => moment < part * profile.Duration / 10 * Second),
                    expected - (5 * Math.Sqrt(expected)) - 1,
                    expected + (5 * Math.Sqrt(expected)) + 1);
            }
        }
    }

    [Fact]
    public void Poisson_arrivals_at_a_constant_rate_have_exponential_distances()
    {
        var due = Take(new ConstantProfile(1000, 100), ArrivalProcess.Poisson);
        var distances = due.Zip(due.Skip(1), (first, second) => (second - first) / Second).Order().ToList();

        Assert.Equal(0.001, distances.Average(), tolerance: 0.00002);
        foreach (var quantile in new[] { 0.1, 0.5, 0.9, 0.99 })
        {
            Assert.Equal(-Math.Log(1 - quantile) / 1000, distances[(int)(quantile * distances.Count)], tolerance: 0.0003);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_arrivals_and_another_gives_others()
    {
        var profile = new ConstantProfile(100, 10);

        Assert.Equal(Take(profile, ArrivalProcess.Poisson, 5), Take(profile, ArrivalProcess.Poisson, 5));
        Assert.NotEqual(Take(profile, ArrivalProcess.Poisson, 5), Take(profile, ArrivalProcess.Poisson, 6));
    }

    [Fact]
    public void Who_takes_an_arrival_does_not_change_it_and_each_is_taken_once()
    {
        var schedule = new ArrivalSchedule(new ConstantProfile(10_000, 10), ArrivalProcess.Poisson, new IndexedRandom(3), Share.Whole);
        var taken = new List<(long Index, long Due)>[4];
        Parallel.For(0, taken.Length, worker =>
        {
            taken[worker] = [];
            while (schedule.TryTake(out var index, out var due))
            {
                taken[worker].Add((index, due));
            }
        });

        var expected = Take(new ConstantProfile(10_000, 10), ArrivalProcess.Poisson, 3);
        Assert.Equal(expected.Select((due, index) => ((long)index, due)), taken.SelectMany(arrivals => arrivals).Order());
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void When_it_is_closed_those_that_were_due_and_those_that_were_taken_are_all(string name)
    {
        var profile = Profile(name);
        foreach (var process in Enum.GetValues<ArrivalProcess>())
        {
            var due = Take(profile, process);
            foreach (var until in new[] { 0, 3_333_333_333, due[200], due[200] - 1, (long)(10 * Second), long.MaxValue })
            {
                var schedule = new ArrivalSchedule(profile, process, new IndexedRandom(1), Share.Whole);
                for (var taken = 0; taken < 100; taken++)
                {
                    schedule.TryTake(out _, out _);
                }

                Assert.Equal(due.Skip(100).Count(moment => moment <= until), Assert.Single(schedule.Close(until)));
            }
        }
    }

    [Fact]
    public void When_it_is_closed_it_gives_nothing_out_and_says_how_many_were_due()
    {
        var schedule = new ArrivalSchedule(new ConstantProfile(100, 10), ArrivalProcess.Even, new IndexedRandom(1), Share.Whole);
        for (var taken = 0; taken < 30; taken++)
        {
            Assert.True(schedule.TryTake(out _, out _));
        }

        // Due at 0.30, 0.31, ... 0.50.
        Assert.Equal(21, Assert.Single(schedule.Close(500_000_000)));
        Assert.False(schedule.TryTake(out _, out _));
    }

    [Fact]
    public void Each_part_of_a_mix_is_chosen_as_often_as_its_weight_says_and_setup_never()
    {
        RequestTemplate Template(RequestKind kind) => new(kind, "host", "/", []);
        var mix = new TrafficMix(
            [(Template(RequestKind.Setup), 0), (Template(RequestKind.Visitor), 3), (Template(RequestKind.Api), 1)], AnswerModel.None);
        var chosen = Enumerable.Range(0, 100_000).Select(index => mix.Choose(new IndexedRandom(1), index)).ToList();

        Assert.Equal(0, chosen.Count(part => part == 0));
        Assert.Equal(75_000, chosen.Count(part => part == 1), tolerance: 700);
        Assert.Equal(chosen, Enumerable.Range(0, 100_000).Select(index => mix.Choose(new IndexedRandom(1), index)));
    }

    private static List<long> Take(RateProfile profile, ArrivalProcess process, ulong seed = 1, Share? share = null)
    {
        var schedule = new ArrivalSchedule(profile, process, new IndexedRandom(seed), share ?? Share.Whole);
        var due = new List<long>();
        while (schedule.TryTake(out var index, out var moment))
        {
            Assert.Equal(due.Count, index);
            due.Add(moment);
        }

        Assert.Equal(due.Order(), due);
        return due;
    }

    private static RateProfile Profile(string name) => name switch
    {
        "constant" => new ConstantProfile(123, 10),
        "ramp" => new RampProfile(50, 250, 10),
        "ramp down" => new RampProfile(250, 0, 10),
        "steps" => new StepsProfile(250, 5, 10),
        "spike" => new SpikeProfile(100, 700, 10),
        _ => new DiurnalProfile(20, 300, 10),
    };
}
