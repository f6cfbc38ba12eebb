using System.Globalization;
using System.Text.Json;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using FsCheck.Xunit;
using HdrHistogram;

namespace Bookinfo.Load.Tests;

/// <summary>
/// Logs of histograms, read back by a reader that is not ours: hdr-histogram-js, which takes no zlib stream without its checksum.
/// </summary>
public sealed class LoadHdrTests : IDisposable
{
    private const string Package = "hdr-histogram-js@3.0.1";

    /// <summary>Prints every interval of a log as a line of JSON.</summary>
    private const string Script =
        """
        const hdr = require("hdr-histogram-js");
        const reader = new hdr.HistogramLogReader(require("fs").readFileSync(process.argv[2], "utf8"));
        for (let h; (h = reader.nextIntervalHistogram()) != null;) {
            console.log(JSON.stringify({
                tag: h.tag, start: h.startTimeStampMsec, end: h.endTimeStampMsec, count: h.totalCount, max: h.maxValue,
                percentiles: [25, 50, 90, 99, 99.9, 100].map(p => h.getValueAtPercentile(p)),
            }));
        }
        """;

    private static readonly double[] Percents = [25, 50, 90, 99, 99.9, 100];

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_log_is_what_others_read()
    {
        var (startedAt, random) = (new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), new Random(1));
        var path = Path.Combine(_directory, "log.hdr");
        var expected = new List<(string Tag, double Start, double End, HistogramBase Histogram)>();
        await using (var log = new HdrLog(File.Create(path)))
        {
            log.Started(startedAt);
            for (var second = 0; second < 6; second++)
            {
                // None, one of the lowest, one of the highest, and some that may be anything.
                var interval = new Recording(BookinfoAnswers.Usual);
                var total = new Recording(BookinfoAnswers.Usual);
                for (var request = new[] { 0, 1, 1, 10, 1000, 20_000 }[second]; request > 0; request--)
                {
                    var sample = RandomSample.Next(random);
                    sample.Done = second switch { 1 => sample.Sent + 1000, 2 => sample.Sent + 100_000_000_000, _ => sample.Done };
                    interval.Add(sample, RequestKind.Path);
                }

                var at = (second + 1) * 1_000_000_000L;
                log.Progress(new LoadProgress(at, 1_000_000_000, startedAt, 0, 0, interval, total, second == 5));
                var start = startedAt.ToUnixTimeMilliseconds() + (second * 1000.0);
                expected.AddRange(
                    new[] { ("due", (HistogramBase)interval.FromDue), ("send", interval.FromSend), ("delay", interval.SchedulingDelay) }
                        .Concat(BookinfoAnswers.Usual.Hops.Select(hop => (hop.Name, (HistogramBase)interval[hop.Name])))
                        .Where(one => one.Item2.TotalCount > 0)
                        .Select(one => (one.Item1, start, start + 1000, one.Item2)));
            }
        }

        var read = (await ReadAsync(path)).ToList();
        Assert.Equal(expected.Count, read.Count);
        foreach (var (one, other) in expected.Zip(read))
        {
            Assert.Equal(one.Tag, other.GetProperty("tag").GetString());
            Assert.Equal(
                (one.Start, one.End),
                (Math.Round(other.GetProperty("start").GetDouble()), Math.Round(other.GetProperty("end").GetDouble())));
            Assert.Equal(one.Histogram.TotalCount, other.GetProperty("count").GetInt64());
            Assert.Equal(one.Histogram.GetMaxValue(), other.GetProperty("max").GetInt64());
            Assert.Equal(
                Percents.Select(percent => Percentile(one.Histogram, percent)),
                other.GetProperty("percentiles").EnumerateArray().Select(value => value.GetInt64()));
        }
    }

    [Fact]
    public async Task The_log_of_a_run_is_what_others_read()
    {
        await using var server = new LoadServer(LoadServer.Ok("{}", "Content-Type: application/json\r\nServer-Timing: total;dur=1.25\r\n"));
        var path = Path.Combine(_directory, "run.hdr");
        LoadResult result;
        await using (var log = new HdrLog(File.Create(path)))
        {
            result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 100, seconds: 2.5), log);
        }

        var read = await ReadAsync(path);
        Assert.Equal(
            result.Total.Sent,
            read.Where(line => line.GetProperty("tag").GetString() == "due").Sum(line => line.GetProperty("count").GetInt64()));
        Assert.All(
            read.Where(line => line.GetProperty("tag").GetString() == "total"),
            line => Assert.Equal(1250, line.GetProperty("max").GetInt64()));
        Assert.Equal(
            result.StartedAt.ToUnixTimeMilliseconds(), Math.Round(read.Min(line => line.GetProperty("start").GetDouble())), tolerance: 1.0);
    }

    [Fact]
    public async Task Whoever_records_does_not_wait_for_a_file_that_takes_nothing_and_nor_does_who_gives_up()
    {
        using var gate = new ManualResetEventSlim();
        var log = new HdrLog(new SlowStream(new MemoryStream(), gate));
        var interval = new Recording(BookinfoAnswers.Usual);
        interval.Add(RandomSample.Next(new Random(1)), RequestKind.Path);
        log.Started(DateTimeOffset.UnixEpoch);
        while (log.Failure is null)
        {
            log.Progress(new LoadProgress(1_000_000_000, 1_000_000_000, DateTimeOffset.UnixEpoch, 0, 0, interval, interval, IsLast: false));
        }

        Assert.Equal("it is not taken fast enough, so that the log has gaps", log.Failure.Message);
        await log.EndAsync(new CancellationToken(canceled: true));
        Assert.Equal(FileFailure.NotTaken, log.Failure.Message);
        gate.Set();
    }

    [Property(MaxTest = 200)]
    public void What_is_written_is_read_whatever_was_recorded(int seed)
    {
        var random = new Random(seed);
        var histogram = new LongHistogram(Recording.Longest, random.Next(1, 4));
        for (var count = random.Next(50); count > 0; count--)
        {
            histogram.RecordValueWithCount(
                1 + (long)Math.Exp(random.NextDouble() * Math.Log(Recording.Longest - 1)), 1 + (long)Math.Exp(random.NextDouble() * 36));
        }

        Assert.Equal(Recorded(histogram), Recorded(HistogramCodec.Decode(HistogramCodec.Encode(histogram))));
    }

    [Fact]
    public void Nothing_is_written_behind_the_last_count()
    {
        var histogram = new LongHistogram(Recording.Longest, 3);
        histogram.RecordValue(1000);
        var bytes = HistogramBytes.Encode(histogram);
        using var zlib = new System.IO.Compression.ZLibStream(
            new MemoryStream(bytes[8..]), System.IO.Compression.CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);

        // A header of 40 bytes, a thousand zeros in two, and a one.
        Assert.Equal(43, plain.Length);
        Assert.Equal(3, plain.ToArray()[7]);
        Assert.Equal(bytes.Length - 8, bytes[7]);
    }

    /// <summary>
    /// As that reader has it: the value of the first request of which at least so many are not above it. The library rounds their number,
    /// and does not always come to the same.
    /// </summary>
    private static long Percentile(HistogramBase histogram, double percent)
    {
        var left = (long)Math.Max(1, Math.Ceiling(percent / 100.0 * histogram.TotalCount));
        return Recorded(histogram).First(value => (left -= value.Count) <= 0).Value;
    }

    private static IEnumerable<(long Value, long Count)> Recorded(HistogramBase histogram) =>
        [.. histogram.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAddedInThisIterationStep))];

    private static async Task<IReadOnlyList<JsonElement>> ReadAsync(string log)
    {
        var directory = Path.Combine(WorkingCopy.Root, "artifacts", Package.Replace('@', '-'));
        if (!File.Exists(Path.Combine(directory, "node_modules", "hdr-histogram-js", "package.json")))
        {
            Directory.CreateDirectory(directory);
            await using var npm = CommandRun.Start(
                "npm", ["install", "--no-audit", "--no-fund", "--prefix", directory, Package], directory);
            Assert.True(await npm.ExitAsync() == 0, npm.ToString());
        }

        var script = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"read-{Guid.NewGuid():N}.js"));
        await File.WriteAllTextAsync(script, Script, TestContext.Current.CancellationToken);
        try
        {
            await using var node = CommandRun.Start("node", [script, log], directory);
            Assert.True(await node.ExitAsync() == 0, node.ToString());
            Assert.Empty(node.Messages);
            return [.. node.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        }
        finally
        {
            File.Delete(script);
        }
    }
}
