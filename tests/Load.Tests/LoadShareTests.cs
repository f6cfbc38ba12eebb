namespace Bookinfo.Load.Tests;

/// <summary>
/// What several workers send together is what one would: no arrival is lost, none is sent twice, and even ones are as even.
/// </summary>
public sealed class LoadShareTests
{
    public static TheoryData<string, int> Runs =>
    [
        .. from profile in new[] { "constant", "ramp", "spike" }
           from workers in new[] { 1, 2, 3, 7, 16 }
           select new TheoryDataRow<string, int>(profile, workers),
    ];

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_arrivals_of_all_workers_are_those_of_one(string profile, int workers)
    {
        foreach (var process in Enum.GetValues<ArrivalProcess>())
        {
            var whole = Take(Profile(profile), process, Share.Whole);
            var shares = Enumerable.Range(0, workers)
                .Select(worker => Take(Profile(profile), process, new Share(worker, workers)))
                .ToList();

            Assert.Equal(whole, shares.SelectMany(share => share).Order());
            Assert.All(shares, share => Assert.InRange(share.Count, whole.Count / workers, (whole.Count / workers) + 1));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void In_an_order_left_to_chance_each_has_one_of_each_group_at_every_place_as_often(int workers)
    {
        const int Groups = 600;
        var order = new IndexedRandom(7);
        var shares = Enumerable.Range(0, workers).Select(worker => new Share(worker, workers) { Order = order }).ToList();

        for (var group = 0; group < Groups; group++)
        {
            var places = shares.Select(share => Assert.Single(
                Enumerable.Range(0, workers), place => share.Has((group * workers) + place))).ToList();
            Assert.Equal(Enumerable.Range(0, workers), places.Order());
        }

        foreach (var share in shares)
        {
            // The seed is always the same, so this holds always or never: three to four standard deviations.
            Assert.All(
                Enumerable.Range(0, workers),
                place => Assert.InRange(
                    Enumerable.Range(0, Groups).Count(group => share.Has((group * workers) + place)), (Groups / workers) - 45,
                    (Groups / workers) + 45));
            Assert.All(
                Enumerable.Range(0, 50),
                count => Assert.Equal(Enumerable.Range(0, count).Count(arrival => share.Has(arrival)), share.CountOf(count)));
        }

        // Who comes first after whom is left to chance as well.
        var firsts = Enumerable.Range(0, Groups).Select(group => shares.FindIndex(share => share.Has(group * workers))).ToList();
        var repeated = firsts.Zip(firsts.Skip(1)).Count(pair => pair.First == pair.Second);
        Assert.InRange(repeated, (Groups / workers) - 50, (Groups / workers) + 50);
    }

    [Fact]
    public void Jittered_arrivals_are_late_by_up_to_half_their_distance()
    {
        var due = Take(new ConstantProfile(500, 2), ArrivalProcess.Jittered, Share.Whole).Select(arrival => arrival.Due).ToList();

        var late = due.Select((time, number) => time - (number * 2_000_000L)).ToList();
        Assert.Equal(1000, due.Count);
        Assert.All(late, time => Assert.InRange(time, 0, 1_000_000));
        Assert.InRange(late.Average(), 450_000, 550_000);
        Assert.InRange(late.Count(time => time > 900_000), 60, 140);
    }

    [Fact]
    public void At_a_constant_rate_a_worker_begins_its_number_of_intervals_after_the_start()
    {
        // 500 a second by four: every 8 ms, the second worker from 2 ms on.
        var due = Take(new ConstantProfile(500, 2), ArrivalProcess.Even, new Share(1, 4)).Select(arrival => arrival.Due).ToList();

        Assert.Equal(Enumerable.Range(0, 250).Select(number => 2_000_000L + (number * 8_000_000L)), due);
    }

    [Theory]
    [InlineData(1, 10, 0.05)]
    [InlineData(3, 10, 0.1)]
    [InlineData(7, 3, 0.5)]
    public void Workers_without_an_arrival_send_nothing(int workers, double rate, double seconds)
    {
        var counts = Enumerable.Range(0, workers)
            .Select(worker => Take(new ConstantProfile(rate, seconds), ArrivalProcess.Even, new Share(worker, workers)).Count)
            .ToList();

        Assert.Equal((int)Math.Ceiling(rate * seconds), counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 0, 1));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void What_was_not_sent_is_counted_by_the_worker_whose_it_was(string name, int workers)
    {
        foreach (var process in Enum.GetValues<ArrivalProcess>())
        {
            var whole = Take(Profile(name), process, Share.Whole);
            for (var worker = 0; worker < workers; worker++)
            {
                var share = new Share(worker, workers);
                var schedule = new ArrivalSchedule(Profile(name), process, new IndexedRandom(1), share);
                var taken = 0;
                while (taken < 5 && schedule.TryTake(out _, out _))
                {
                    taken++;
                }

                var until = whole[^1].Due / 2;
                var due = whole.Count(arrival => share.Has(arrival.Index) && arrival.Due <= until);
                Assert.Equal(Math.Max(0, due - taken), Assert.Single(schedule.Close(until)));
            }
        }
    }

    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 3)]
    [InlineData(7, 7)]
    [InlineData(10_000, 99)]
    public void Parts_of_what_cannot_be_divided_add_up(int whole, int workers)
    {
        var parts = Enumerable.Range(0, workers).Select(worker => new Share(worker, workers).PartOf(whole)).ToList();

        Assert.Equal(whole, parts.Sum());
        Assert.InRange(parts.Max() - parts.Min(), 0, 1);
    }

    private static List<(long Index, long Due)> Take(RateProfile profile, ArrivalProcess process, Share share)
    {
        var schedule = new ArrivalSchedule(profile, process, new IndexedRandom(1), share);
        var arrivals = new List<(long, long)>();
        while (schedule.TryTake(out var index, out var due))
        {
            arrivals.Add((index, due));
        }

        return arrivals;
    }

    private static RateProfile Profile(string name) => name switch
    {
        "ramp" => new RampProfile(10, 90, 5),
        "spike" => new SpikeProfile(20, 200, 5),
        _ => new ConstantProfile(123.4, 5),
    };
}
