using System.Net;
using System.Text;
using Bookinfo.Testing;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>The ledger: what is written is what is read, and its size and its end are known.</summary>
public sealed class LoadLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task What_was_written_is_read()
    {
        var plan = Plan();
        var samples = Enumerable.Range(-2, 5000).Select(Sample).ToList();
        await WriteAsync(plan, samples);

        using var reader = new LedgerReader(_path);
        Assert.True(reader.IsComplete);
        Assert.Equal(0, reader.Lost);
        Assert.Equal(samples.Count, reader.Count);
        Assert.Equal("http://127.0.0.1:1/", reader.Header.Target);
        Assert.Equal(42ul, reader.Header.Seed);
        Assert.Equal(Start, DateTimeOffset.UnixEpoch.AddTicks(reader.Header.StartUnixNanoseconds / 100));
        Assert.Equal(
            [new LedgerRequest(RequestKind.Setup, "POST", "/login"), new LedgerRequest(RequestKind.Api, "GET", "/api?x=1")],
            reader.Header.Requests);
        var records = reader.Read().ToList();
        foreach (var (sample, record) in samples.Zip(records))
        {
            Assert.Equal(RequestIdentity.Of(new IndexedRandom(plan.TraceSeed), sample.Index), record.Identity);
            Assert.Equal((sample.Due, sample.Sent, sample.Done - sample.Sent), (record.Due, record.Sent, record.Duration));
            Assert.Equal(
                (sample.Status, sample.Template, sample.Error, sample.Version, sample.WasAwaited),
                (record.Status, record.Request, record.Error, record.Version, record.WasAwaited));
            Assert.Equal(Enumerable.Range(0, 4).Select(hop => sample.Hops[hop]), Enumerable.Range(0, 4).Select(hop => record.Hops[hop]));
        }
    }

    [Fact]
    public async Task A_million_requests_are_less_than_100_MB_and_none_is_lost_to_a_disk_that_takes_them()
    {
        var sample = Sample(1);
        var writer = new LedgerWriter(
            new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), Plan(), "test");
        writer.Started(Start);
        for (sample.Index = 0; sample.Index < 1_000_000; sample.Index++)
        {
            writer.Add(sample);
            if (sample.Index % 20_000 == 0)
            {
                // Ten seconds of the rate that it must keep up with.
                var whole = sample.Index / 1024 * 1024 * Length;
                await Eventually.HoldsAsync("the disk", () => new FileInfo(_path).Length > whole);
            }
        }

        await writer.DisposeAsync();
        using var reader = new LedgerReader(_path);
        Assert.Equal(0, writer.Lost);
        Assert.Equal(1_000_000, reader.Count);
        Assert.InRange(new FileInfo(_path).Length, 1_000_000L * Length, (1_000_000L * Length) + 10_000);
    }

    [Fact]
    public async Task What_a_disk_does_not_take_is_lost_and_counted_and_nobody_waits()
    {
        using var gate = new ManualResetEventSlim();
        var writer = new LedgerWriter(new SlowStream(File.Create(_path), gate), Plan(), "test");
        writer.Started(Start);
        for (var index = 0; index < 200_000; index++)
        {
            writer.Add(Sample(index));
        }

        Assert.InRange(writer.Lost, 1, 199_999);
        gate.Set();
        await writer.DisposeAsync();
        using var reader = new LedgerReader(_path);
        Assert.True(reader.IsComplete);
        Assert.Equal(writer.Lost, reader.Lost);
        Assert.Equal(200_000, reader.Count + reader.Lost);
        Assert.Equal(reader.Count, reader.Read().Count());
    }

    [Fact]
    public async Task The_ledger_of_a_run_that_never_began_is_empty()
    {
        await using (new LedgerWriter(File.Create(_path), Plan(), "test"))
        {
        }

        Assert.Equal(0, new FileInfo(_path).Length);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_and_does_not_stop_the_run()
    {
        var writer = new LedgerWriter(
            new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), Plan(), "test");
        writer.Started(Start);
        for (var index = 0; index < 200_000; index++)
        {
            writer.Add(Sample(index));
        }

        await writer.DisposeAsync();
        Assert.IsType<IOException>(writer.Failure);
    }

    [Fact]
    public async Task A_file_system_that_has_no_larger_files_is_told_like_a_full_one()
    {
        var writer = new LedgerWriter(new FullStream(), Plan(), "test");
        writer.Started(Start);
        await writer.DisposeAsync();

        Assert.IsType<ArgumentOutOfRangeException>(writer.Failure);
        var log = new HdrLog(new FullStream());
        log.Started(Start);
        await log.DisposeAsync();
        Assert.IsType<ArgumentOutOfRangeException>(log.Failure);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(24 + 36)]
    [InlineData(24 + 72)]
    public async Task One_that_was_cut_off_says_so_and_its_whole_records_are_read(int missing)
    {
        await WriteAsync(Plan(), Enumerable.Range(0, 100).Select(Sample));
        await using (var file = File.OpenWrite(_path))
        {
            file.SetLength(file.Length - missing);
        }

        using var reader = new LedgerReader(_path);
        Assert.False(reader.IsComplete);
        // What is left of the footer may look like a record only if it is as long as one.
        Assert.Equal(((100 * Length) + 24 - missing) / Length, reader.Count);
        Assert.Equal(reader.Count, reader.Read().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_footer_that_counts_other_records_than_there_are_is_none(byte counted)
    {
        await WriteAsync(Plan(), [Sample(0), Sample(1)]);
        await using (var file = File.OpenWrite(_path))
        {
            file.Position = file.Length - 16;
            file.WriteByte(counted);
        }

        using var reader = new LedgerReader(_path);
        Assert.False(reader.IsComplete);
        // What is left over is shorter than a record.
        Assert.Equal(2, reader.Count);
        Assert.Equal(2, reader.Read().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(23)]
    public async Task One_that_ends_right_behind_its_header_has_no_records_and_was_cut_off(int left)
    {
        await WriteAsync(Plan(), []);
        await using (var file = File.OpenWrite(_path))
        {
            file.SetLength(file.Length - 24 + left);
        }

        using var reader = new LedgerReader(_path);
        Assert.False(reader.IsComplete);
        Assert.Equal((0, 0), (reader.Count, reader.Lost));
        Assert.Empty(reader.Read());
    }

    [Fact]
    public async Task One_of_no_requests_is_complete()
    {
        await WriteAsync(Plan(), []);

        using var reader = new LedgerReader(_path);
        Assert.True(reader.IsComplete);
        Assert.Equal((0, 0), (reader.Count, reader.Lost));
    }

    [Fact]
    public async Task One_that_ends_in_its_header_is_refused()
    {
        await WriteAsync(Plan(), []);
        await using (var file = File.OpenWrite(_path))
        {
            file.SetLength(file.Length - 25);
        }

        Assert.Contains(
            "its preamble gives an impossible header length", Assert.Throws<InvalidDataException>(() => new LedgerReader(_path)).Message);
    }

    [Theory]
    [InlineData(0, 0, "does not begin with the signature of one")]
    [InlineData(8, 9, "is a ledger of version 9; this program knows version 2.")]
    [InlineData(10, 9, "its preamble and its header give different record lengths")]
    [InlineData(15, 127, "its preamble gives an impossible header length")]
    [InlineData(16, 9, "its header is not valid")]
    public async Task What_is_no_ledger_is_refused(int at, byte value, string message)
    {
        await WriteAsync(Plan(), [Sample(0)]);
        var bytes = await File.ReadAllBytesAsync(_path, TestContext.Current.CancellationToken);
        bytes[at] = value;
        await File.WriteAllBytesAsync(_path, bytes, TestContext.Current.CancellationToken);

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => new LedgerReader(_path)).Message);
    }

    [Theory]
    [InlineData("{\"kind\":\"Api\",\"method\":\"GET\",\"path\":\"/api?x=1\"}", "null")]
    [InlineData("\"/api?x=1\"", "null")]
    [InlineData("\"/api?x=1\"", "\"/a\\u001b\"")]
    [InlineData("{\"name\":\"spanId\",\"offset\":16,\"type\":\"bytes\",\"length\":8}", "null")]
    [InlineData("\"timeout\"", "null")]
    [InlineData("\"v3\"", "null")]
    [InlineData("\"http://127.0.0.1:1/\"", "\"abc\"")]
    [InlineData("\"http://127.0.0.1:1/\"", "\"\"")]
    [InlineData("\"startUnixNanoseconds\":1", "\"startUnixNanoseconds\":8")]
    [InlineData("\"startUnixNanoseconds\":17", "\"startUnixNanoseconds\":-1")]
    public async Task A_header_that_lacks_something_or_cannot_be_shown_is_refused(string part, string instead)
    {
        await WriteAsync(Plan(), [Sample(1)]);
        await ReplaceAsync(part, instead);

        Assert.Equal(
            $"'{_path}' is a broken ledger: its header is not valid.",
            Assert.Throws<InvalidDataException>(() => new LedgerReader(_path)).Message);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(long.MaxValue)]
    public async Task A_footer_that_gives_an_impossible_number_of_lost_requests_is_refused(long lost)
    {
        await WriteAsync(Plan(), [Sample(0)]);
        await using (var file = File.OpenWrite(_path))
        {
            file.Position = file.Length - sizeof(long);
            await file.WriteAsync(BitConverter.GetBytes(lost), TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            $"'{_path}' is a broken ledger: its footer gives an impossible number of lost requests.",
            Assert.Throws<InvalidDataException>(() => new LedgerReader(_path)).Message);
    }

    [Fact]
    public async Task A_file_that_is_too_short_is_refused()
    {
        await File.WriteAllTextAsync(_path, "BOOKLOAD", TestContext.Current.CancellationToken);

        Assert.Throws<InvalidDataException>(() => new LedgerReader(_path));
    }

    private async Task WriteAsync(LoadPlan plan, IEnumerable<Sample> samples)
    {
        var writer = new LedgerWriter(File.Create(_path), plan, "test");
        writer.Started(Start);
        foreach (var sample in samples)
        {
            writer.Add(sample);
        }

        await writer.DisposeAsync();
    }

    /// <summary>Changes the header, whose length stays as it is.</summary>
    private async Task ReplaceAsync(string part, string instead)
    {
        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_path, TestContext.Current.CancellationToken));
        Assert.Contains(part, text, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(
            _path, Encoding.Latin1.GetBytes(text.Replace(part, instead.PadRight(part.Length), StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_ledger_says_its_own_layout()
    {
        await using (var writer = new LedgerWriter(File.Create(_path), Plan(), "test"))
        {
            writer.Started(Start);
        }

        using var reader = new LedgerReader(_path);

        Assert.Equal(reader.Layout.Length, reader.Header.Fields.Sum(field => field.Length));
        Assert.Equal(
            BookinfoAnswers.Usual.Hops.Select(hop => $"hop:{hop.Name}"),
            reader.Header.Fields.Select(field => field.Name).Where(name => name.StartsWith("hop:", StringComparison.Ordinal)));
        Assert.Equal("reviews without ratings", reader.Header.Errors[18]);
        Assert.Equal("v3", reader.Header.Versions[3]);
    }

    [Theory]
    [InlineData(
        "\"status\"", "\"result\"",
        "its records have a field 'result' (uint16, at {status}) that this program does not understand")]
    [InlineData(
        "\"hop:details\",\"offset\":48", "\"hop:details\",\"offset\":49",
        "its records have a field 'hop:details' (uint32, at 49) that this program does not understand")]
    [InlineData(
        "\"type\":\"uint16\"", "\"type\":\"uint61\"",
        "its records have a field 'status' (uint61, at {status}) that this program does not understand")]
    public async Task A_layout_that_is_not_understood_is_refused(string written, string changed, string why)
    {
        await using (var writer = new LedgerWriter(File.Create(_path), Plan(), "test"))
        {
            writer.Started(Start);
            writer.Add(Sample(1));
        }

        await ReplaceAsync(written, changed);

        // Behind the status are six bytes.
        why = why.Replace("{status}", $"{Length - 8}", StringComparison.Ordinal);
        Assert.Equal(
            $"'{_path}' is a ledger that this program cannot read: {why}.",
            Assert.Throws<InvalidDataException>(() => new LedgerReader(_path)).Message);
    }

    private static int Length => new LedgerLayout([.. BookinfoAnswers.Usual.Hops.Select(hop => hop.Name)]).Length;

    private static LoadPlan Plan()
    {
        var target = new LoadTarget(new Uri("http://127.0.0.1:1"), [IPAddress.Loopback], insecure: false);
        return new LoadPlan(
            target,
            new TrafficMix(
            [
                (new RequestTemplate(RequestKind.Setup, target.Host, "/login", [], form: "a=b"), 0),
                (new RequestTemplate(RequestKind.Api, target.Host, "/api?x=1", []), 1),
            ], BookinfoAnswers.Usual),
            new ConstantProfile(1, 1),
            ArrivalProcess.Even,
            Seed: 42,
            TraceSeed: 43,
            Connections: 1,
            TimeSpan.FromSeconds(1));
    }

    private static Sample Sample(int index)
    {
        var sample = new Sample
        {
            Index = index,
            Due = index * 1000L,
            Sent = (index * 1000L) + 17,
            Done = (index * 1000L) + long.MaxValue / 3,
            Template = (ushort)(index & 1),
            Status = 200,
            Error = (ErrorKind)(index & 7),
            Version = (byte)(index & 3),
            WasAwaited = (index & 1) == 0,
            Hops = HopTimes.None,
        };
        sample.Hops[1] = (uint)(index & 0xFFFF);
        return sample;
    }

    /// <summary>As a file is that cannot become larger.</summary>
    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new ArgumentOutOfRangeException(nameof(buffer));

        public override void Write(byte[] buffer, int offset, int count) => throw new ArgumentOutOfRangeException(nameof(count));
    }
}
