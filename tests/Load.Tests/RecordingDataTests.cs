using System.Text.Json;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using FsCheck;
using FsCheck.Xunit;

namespace Bookinfo.Load.Tests;

/// <summary>What workers have measured arrives as it was, and put together it is what one would have measured.</summary>
public sealed class RecordingDataTests
{
    [Property(MaxTest = 30)]
    public void Recordings_of_parts_that_were_sent_and_merged_are_that_of_all_data(PositiveInt workers, NonNegativeInt requests, int seed)
    {
        var random = new Random(seed);
        var all = new Recording(BookinfoAnswers.Usual);
        var parts = Enumerable.Range(0, (workers.Get % 8) + 1).Select(_ => new Recording(BookinfoAnswers.Usual)).ToList();
        for (var request = 0; request < requests.Get * 20; request++)
        {
            var sample = RandomSample.Next(random);
            var kind = (RequestKind)random.Next(6);
            all.Add(sample, kind);
            parts[random.Next(parts.Count)].Add(sample, kind);
        }

        var merged = new Recording(BookinfoAnswers.Usual);
        foreach (var part in parts)
        {
            merged.Add(Sent(part));
        }

        AssertSame(all, merged);
    }

    [Fact]
    public void The_lowest_and_the_highest_values_arrive()
    {
        var recording = new Recording(BookinfoAnswers.Usual);
        foreach (
            var microseconds in new[] { 1, 2, 1023, 1024, 2047, 2048, Recording.Longest - 1, Recording.Longest, 10 * Recording.Longest })
        {
            recording.Add(new Sample { Done = microseconds * 1000, Hops = HopTimes.None, Length = long.MaxValue / 100 }, RequestKind.Path);
        }

        AssertSame(recording, Sent(recording));
    }

    [Fact]
    public void Nothing_arrives_as_nothing() =>
        AssertSame(new Recording(BookinfoAnswers.Usual), Sent(new Recording(BookinfoAnswers.Usual)));

    [Fact]
    public void The_histograms_are_as_tools_read_them()
    {
        var recording = new Recording(BookinfoAnswers.Usual);
        recording.Add(new Sample { Done = 1_000_000, Hops = HopTimes.None }, RequestKind.Path);

        // The cookie of the compressed encoding, V2; base64 of it begins as every histogram log does.
        Assert.StartsWith("HISTFAAA", Convert.ToBase64String(recording.ToData().FromDue), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_have_been_measured_is_refused()
    {
        var random = new Random(1);
        var recording = new Recording(BookinfoAnswers.Usual);
        for (var request = 0; request < 1000; request++)
        {
            recording.Add(RandomSample.Next(random), RequestKind.Path);
        }

        var data = recording.ToData();
        AssertRefused(data with { Hops = [.. data.Hops.Skip(1)] }, "there are 3 hops, and should be 4");
        AssertRefused(data with { Sent = 999 }, "the counts do not add up to the 999 requests that were sent");
        AssertRefused(data with { FromDue = data.SchedulingDelay }, "the counts do not add up");
        AssertRefused(data with { FromSend = new Recording(BookinfoAnswers.Usual).ToData().FromSend }, "the counts do not add up");
        AssertRefused(data with { Statuses = new Dictionary<int, long> { [1000] = 1 } }, "1000 is not counted");
        AssertRefused(data with { Kinds = new Dictionary<int, long> { [-1] = 1 } }, "-1 is not counted");
        AssertRefused(data with { FromDue = [] }, "a histogram cannot be decoded");
        AssertRefused(data with { FromDue = [.. data.FromDue.Take(20)] }, "");
        AssertRefused(data with { FromDue = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }, "a histogram cannot be decoded");
        AssertRefused(
            data with { FromDue = HistogramBytes.Encode(new HdrHistogram.LongHistogram(Recording.Longest * 10, 3)) },
            "a histogram has values above 60000000");
    }

    [Fact]
    public void Results_of_workers_add_up()
    {
        var plan = LoadRunner.Plan(new Uri("http://localhost:1"), rate: 300, seconds: 2);
        var early = DateTimeOffset.UnixEpoch;
        var random = new Random(3);
        LoadResult Part(int requests, DateTimeOffset startedAt, bool interrupted)
        {
            var recording = new Recording(BookinfoAnswers.Usual);
            for (var request = 0; request < requests; request++)
            {
                recording.Add(RandomSample.Next(random), RequestKind.Path);
            }

            return new LoadResult(
                plan,
                startedAt,
                2,
                recording,
                Unsent: 3,
                InTime: requests - 1,
                SentInTime: requests,
                ConnectionsOpened: 8,
                interrupted,
                ProcessorSeconds: 0.25,
                Processors: 2);
        }

        var merged = LoadResult.Merge(plan, [Part(200, early.AddMilliseconds(1), false), Part(100, early, true)]);

        Assert.Equal((300, 6, 298, 300, 16, true, 0.5, 4),
            (merged.Total.Sent, merged.Unsent, merged.InTime, merged.SentInTime, merged.ConnectionsOpened, merged.Interrupted,
                merged.ProcessorSeconds, merged.Processors));
        Assert.Equal((early, 2.0, 153, 149), (merged.StartedAt, merged.Seconds, merged.AskedRate, merged.AchievedRate));
    }

    /// <summary>As it is on the other side of the network.</summary>
    private static Recording Sent(Recording recording)
    {
        var json = JsonSerializer.Serialize(
            new WorkerResult(
                WorkerProtocol.Version, DateTimeOffset.UnixEpoch, 1, recording.ToData(), 0, 0, 0, 0, false, 0, 1, null, null, 0, [],
                UnsentRequests.None, null),
            WorkerJson.Default.WorkerResult);
        var plan = LoadRunner.Plan(new Uri("http://localhost:1"), rate: 1, seconds: 1);
        return JsonSerializer.Deserialize(json, WorkerJson.Default.WorkerResult)!.ToResult(plan).Total;
    }

    private static void AssertRefused(RecordingData data, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Recording.From(data, BookinfoAnswers.Usual)).Message);

    private static void AssertSame(Recording expected, Recording actual)
    {
        foreach (var (histogram, other) in Histograms(expected).Zip(Histograms(actual)))
        {
            Assert.Equal(Values(histogram), Values(other));
            Assert.Equal(histogram.TotalCount, other.TotalCount);
            Assert.Equal(Percentiles.Of(histogram), Percentiles.Of(other));
        }

        Assert.Equal(
            (expected.Sent, expected.Waited, expected.Bytes, expected.Setup), (actual.Sent, actual.Waited, actual.Bytes, actual.Setup));
        Assert.Equal(Counts(expected), Counts(actual));
        Assert.Equal(expected.SetupErrors, actual.SetupErrors);
    }

    private static IEnumerable<HdrHistogram.LongHistogram> Histograms(Recording recording) =>
        [
            recording.FromDue, recording.FromSend, recording.SchedulingDelay,
            .. BookinfoAnswers.Usual.Hops.Select(hop => recording[hop.Name]),
        ];

    private static List<(long, long)> Values(HdrHistogram.LongHistogram histogram) =>
        [.. histogram.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAtValueIteratedTo))];

    private static IEnumerable<long> Counts(Recording recording) =>
    [
        .. Enumerable.Range(0, 256).SelectMany(
            number => new[] { recording.Count((ErrorKind)number), recording.CountVersion(number), recording.Count((RequestKind)number) }),
        .. Enumerable.Range(0, 1000).Select(recording.Count),
    ];
}
