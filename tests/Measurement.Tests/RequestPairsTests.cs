using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>Which requests to two systems are pairs, and what these differ by.</summary>
public sealed class RequestPairsTests
{
    private const double Rate = 100;
    private const long Turn = 10_000_000;

    private static readonly AnswerModel Model = BookinfoAnswers.Usual;

    [Fact]
    public void The_median_of_the_differences_is_told_whatever_the_machine_did_meanwhile()
    {
        // The machine gets three times as slow in the course of the step; the second system takes 0.5 ms more, but for its details.
        Sample[] before = [.. Enumerable.Range(0, 300).Select(turn => Request(turn, version: 1, microseconds: 2000 + (turn * 13)))];
        Sample[] after = [.. Enumerable.Range(0, 300).Select(turn => Request(turn, version: 1, microseconds: 2500 + (turn * 13)))];

        var differences = RequestPairs.Match(before, after, Rate).Differences(Model);

        Assert.Equal(Measure.All, differences.Keys);
        Assert.Equal((300, 500.0), (differences[Measure.Page].Pairs, differences[Measure.Page].P50));
        Assert.Equal(500, differences[Measure.Page].P90!.Value, 1e-6);
        Assert.Equal(500, differences[Measure.Page].P99!.Value, 1e-6);
        Assert.Equal(500, differences[Measure.PageFromSend].P50);
        Assert.Equal(0, differences["productpage->details"].P50);
    }

    [Fact]
    public void A_difference_smaller_than_what_times_are_rounded_to_is_told()
    {
        // Details takes 1.00 to 1.29 ms, and in the second system 4 us more. Both are rounded to 10 us, as Server-Timing is.
        var random = new Random(7);
        Sample Details(int turn, double microseconds) => Request(turn, version: 1, 2000, details: (uint)Math.Round(microseconds / 10) * 10);
        Sample[] before = [.. Enumerable.Range(0, 5000).Select(turn => Details(turn, 1000 + (290 * random.NextDouble())))];
        Sample[] after = [.. Enumerable.Range(0, 5000).Select(turn => Details(turn, 1004 + (290 * random.NextDouble())))];

        var difference = RequestPairs.Match(before, after, Rate).Differences(Model)["productpage->details"];

        Assert.InRange(difference.P50, 1, 9);
    }

    [Fact]
    public void Only_answers_of_the_same_version_are_pairs()
    {
        // Versions take 1, 2 and 3 ms. In the second system they come in another order.
        Sample[] before = [.. Enumerable.Range(0, 300).Select(turn => Request(turn, (byte)(1 + (turn % 3)), 1000 * (1 + (turn % 3))))];
        Sample[] after =
        [
            .. Enumerable.Range(0, 300).Select(turn => Request(turn, (byte)(1 + ((turn + 1) % 3)), 100 + (1000 * (1 + ((turn + 1) % 3))))),
        ];

        var difference = RequestPairs.Match(before, after, Rate).Differences(Model)[Measure.Page];

        Assert.Equal((300, 100.0), (difference.Pairs, difference.P50));
    }

    [Fact]
    public void A_version_that_one_system_has_not_is_in_no_pair()
    {
        Sample[] before = [.. Enumerable.Range(0, 100).Select(turn => Request(turn, (byte)(1 + (turn % 2)), 1000))];
        Sample[] after = [.. Enumerable.Range(0, 100).Select(turn => Request(turn, version: 1, 1000))];

        // Each of version 1 has one within ten turns.
        Assert.Equal(50, RequestPairs.Match(before, after, Rate).Count);
    }

    [Fact]
    public void What_failed_or_is_far_away_is_in_no_pair()
    {
        Sample[] before = [.. Enumerable.Range(0, 100).Select(turn => Request(turn, version: 1, 1000))];
        Sample[] failed = [.. before.Select((sample, turn) => turn % 4 != 0 ? sample : sample with { Error = ErrorKind.Timeout })];
        Sample[] later = [.. before.Select(sample => sample with { Due = sample.Due + (111 * Turn), Done = sample.Done + (111 * Turn) })];

        Assert.Equal(75, RequestPairs.Match(before, failed, Rate).Count);
        Assert.Equal(75, RequestPairs.Match(failed, before, Rate).Count);
        Assert.Equal(0, RequestPairs.Match(before, later, Rate).Count);
        Assert.Empty(RequestPairs.Match(before, later, Rate).Differences(Model));
    }

    [Theory]
    [InlineData(9, false, false)]
    [InlineData(10, true, false)]
    [InlineData(99, true, false)]
    [InlineData(100, true, true)]
    public void A_percentile_that_no_request_lies_above_is_not_known(int pairs, bool hasP90, bool hasP99)
    {
        Sample[] requests = [.. Enumerable.Range(0, pairs).Select(turn => Request(turn, version: 1, 1000))];

        var difference = RequestPairs.Match(requests, requests, Rate).Differences(Model)[Measure.Page];

        Assert.Equal((0.0, hasP90, hasP99), (difference.P50, difference.P90 is not null, difference.P99 is not null));
    }

    private static Sample Request(int turn, byte version, long microseconds, uint details = 700)
    {
        var hops = HopTimes.None;
        foreach (var (index, hop) in Model.Hops.Index())
        {
            hops[index] = hop.Label == "productpage->details" ? details : (uint)microseconds;
        }

        return new Sample
        {
            Due = turn * Turn,
            Sent = turn * Turn,
            Done = (turn * Turn) + (microseconds * 1000),
            Hops = hops,
            Version = version,
            Status = 200,
        };
    }
}
