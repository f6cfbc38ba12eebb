using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>The engine of <c>load</c> against servers whose behavior is known, so that arithmetic says what it must report.</summary>
public sealed class LoadEngineTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task Counts_are_exact_on_every_side()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            // One in twenty is turned away.
            await using var server = new LoadServer(async (number, stream, cancellationToken) =>
            {
                await LoadServer.SendAsync(
                    stream,
                    number % 20 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : LoadServer.Ok(),
                    cancellationToken);
                return true;
            });
            var plan = LoadRunner.Plan(server.Address, rate: 400, seconds: 2);
            var samples = new SampleList();
            LoadResult result;
            await using (var ledger = new LedgerWriter(File.Create(path), plan, "test"))
            {
                result = await LoadRunner.RunAsync(plan, samples, ledger);
            }

            Assert.Equal(800, server.Requests);
            Assert.Equal((800, 800, 0), (result.Due, result.Total.Sent, result.Unsent));
            Assert.Equal((760, 40), (result.Total.Good, result.Total.Failed));
            Assert.Equal((760, 40), (result.Total.Count(200), result.Total.Count(503)));
            Assert.Equal([KeyValuePair.Create("status 503", 40L)], result.Total.Errors());
            Assert.Equal((800, 800), (result.Total.FromDue.TotalCount, result.Total.FromSend.TotalCount));
            Assert.Equal(800, result.Total.SchedulingDelay.TotalCount + result.Total.Waited);
            Assert.Equal(1520, result.Total.Bytes);
            Assert.Equal(800, samples.Samples.Select(sample => sample.Index).Distinct().Count());

            using var reader = new LedgerReader(path);
            var records = reader.Read().ToList();
            Assert.True(reader.IsComplete);
            Assert.Equal(800, records.Count);
            Assert.Equal(40, records.Count(record => record.Status == 503 && record.Error == ErrorKind.Status));
            Assert.Equal(
                server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Order(),
                records.Select(record => record.Identity.TraceId).Order());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_fixed_delay_is_reported_as_it_is_and_slows_nothing_down()
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.HoldAsync(TimeSpan.FromMilliseconds(50), cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        // 100 a second for 50 ms each need five connections.
        var samples = new SampleList();
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 100, seconds: 2, connections: 40), samples);

        Assert.Equal(200, result.Total.Good);
        // That a machine is slow makes it longer and never shorter.
        Assert.All(samples.Samples, sample => Assert.InRange(sample.Done - sample.Sent, 50 * Millisecond, long.MaxValue));
        Assert.InRange(result.Total.FromSend.GetValueAtPercentile(50), 50_000, long.MaxValue);
        // To three digits, which is what a histogram has.
        Assert.InRange(result.Total.FromSend.GetValueAtPercentile(50) / Median(samples, sample => sample.Sent), 0.998, 1.002);
        Assert.InRange(result.Total.FromDue.GetValueAtPercentile(50) / Median(samples, sample => sample.Due), 0.998, 1.002);
        Assert.All(samples.Samples, sample => Assert.Equal(sample.Index * 10 * Millisecond, sample.Due));
        Assert.All(samples.Samples, sample => Assert.InRange(sample.Sent, sample.Due, long.MaxValue));
        // Five busy connections leave others waiting, whatever the machine does.
        Assert.InRange(result.Total.SchedulingDelay.TotalCount, 1, 200);
        Assert.Equal(samples.Samples.Count(sample => sample.WasAwaited), result.Total.SchedulingDelay.TotalCount);
    }

    /// <summary>
    /// A server that answers nothing for half a second, once. With R requests a second and a stall of S, the R * S requests that fall due
    /// in it are late by everything from S down to 0; what a client that waits for its answers would have noted is one late request a
    /// connection.
    /// </summary>
    [Fact]
    public async Task A_stall_is_in_the_tail_from_due_time_as_arithmetic_says_and_from_send_time_it_is_hidden()
    {
        const int Connections = 4;
        const double Rate = 200;
        const double Stall = 0.5;
        var time = TimeProvider.System;
        long began = 0;
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            if (number == 400)
            {
                Interlocked.Exchange(ref began, time.GetTimestamp());
            }

            // All connections stall until the same moment.
            if (Interlocked.Read(ref began) is not 0 and var start)
            {
                await LoadServer.HoldAsync(TimeSpan.FromSeconds(Stall) - time.GetElapsedTime(start), cancellationToken);
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var samples = new SampleList();
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, Rate, seconds: 5, Connections), samples);

        Assert.Equal((1000, 1000), (result.Total.Good, server.Requests));
        int Late(Func<Sample, long> from, double by) => samples.Samples.Count(sample => sample.Done - from(sample) >= by * 1e9);
        // Late by 0.1 s or more are those due in the first 0.4 s of it: 80. A busy machine can only add to that.
        Assert.InRange(Late(sample => sample.Due, 0.1), 79, 1000);
        Assert.InRange(Late(sample => sample.Due, 0.3), 39, 1000);
        Assert.InRange(Late(sample => sample.Due, 0.45), 9, 1000);
        // From send time only those show that were under way, and those in a halt or two of the machine itself, which adds as many to what
        // is late from due time.
        Assert.InRange(Late(sample => sample.Sent, 0.3), 1, Late(sample => sample.Due, 0.3) / 2);
        Assert.InRange(result.Total.FromDue.GetValueAtPercentile(99), 440_000, long.MaxValue);
        Assert.InRange(result.Total.FromDue.GetValueAtPercentile(95), 240_000, long.MaxValue);
        Assert.InRange(result.Total.FromSend.GetValueAtPercentile(98), 0, result.Total.FromDue.GetValueAtPercentile(98) - 1);
        Assert.Contains(GeneratorCheck.Check(result), warning => warning.Code == "connections-busy");
    }

    [Fact]
    public async Task What_was_due_and_could_not_be_sent_is_counted_and_told()
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.HoldAsync(TimeSpan.FromMilliseconds(400), cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 100, seconds: 1, connections: 1));

        Assert.Equal(100, result.Due);
        Assert.Equal(server.Requests, result.Total.Sent);
        // Five in the two seconds that it sends, or fewer.
        Assert.InRange(result.Total.Sent, 1, 6);
        Assert.Equal(100 - result.Total.Sent, result.Unsent);
        Assert.Contains(GeneratorCheck.Check(result), warning => warning.Code == "unsent");
        Assert.InRange(result.AchievedRate, 0, 3);
    }

    [Fact]
    public async Task Intervals_add_up_to_the_whole()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var samples = new SampleList();
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 300, seconds: 2.5), samples);

        Assert.InRange(samples.Intervals, 2, int.MaxValue);
        Assert.Equal(750, samples.Sum.Sent);
        Assert.Equal(RecordedValues(result.Total), RecordedValues(samples.Sum));
    }

    [Fact]
    public async Task The_rate_asked_for_in_each_interval_adds_up_to_what_was_due()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var plan = LoadRunner.Plan(server.Address, rate: 1, seconds: 1) with { Profile = new RampProfile(0, 100, 2.5) };
        var asked = new AskedSum();

        var result = await LoadRunner.RunAsync(plan, asked);

        // The run is over when the last request is, and that one is due a little before the end.
        Assert.InRange(asked.Sum, 124, 125.001);
        Assert.Equal(125, result.Due);
    }

    [Fact]
    public void Merged_histograms_are_the_histogram_of_the_merged_data()
    {
        var random = new Random(5);
        var all = new Recording(BookinfoAnswers.Usual);
        var merged = new Recording(BookinfoAnswers.Usual);
        for (var part = 0; part < 10; part++)
        {
            var recording = new Recording(BookinfoAnswers.Usual);
            for (var index = 0; index < 5000; index++)
            {
                var sample = RandomSample.Next(random);
                recording.Add(sample, RequestKind.Api);
                all.Add(sample, RequestKind.Api);
            }

            merged.Add(recording);
        }

        Assert.Equal(50_000, merged.Sent);
        Assert.Equal(RecordedValues(all), RecordedValues(merged));
        Assert.Equal(Percentiles.Of(all.FromDue), Percentiles.Of(merged.FromDue));
        Assert.Equal(
            (all.Sent, all.Good, all.Failed, all.Waited, all.Bytes, all.Count(404), all.CountVersion(2), all.Count(RequestKind.Api)),
            (merged.Sent, merged.Good, merged.Failed, merged.Waited, merged.Bytes, merged.Count(404), merged.CountVersion(2),
                merged.Count(RequestKind.Api)));
        Assert.Equal(all.Errors(), merged.Errors());
    }

    [Fact]
    public void A_percentile_is_right_to_three_digits_from_1_us_to_60_s()
    {
        var recording = new Recording(BookinfoAnswers.Usual);
        for (var value = 1L; value <= Recording.Longest; value = (value * 11 / 10) + 1)
        {
            recording.Clear();
            recording.Add(new Sample { Done = value * 1000, WasAwaited = true, Hops = HopTimes.None }, RequestKind.Path);
            Assert.InRange(recording.FromDue.GetValueAtPercentile(50), value * 0.999, value * 1.001);
        }

        recording.Clear();
        recording.Add(new Sample { Done = long.MaxValue, Hops = HopTimes.None }, RequestKind.Path);
        Assert.InRange(recording.FromDue.GetValueAtPercentile(50), Recording.Longest, Recording.Longest * 1.001);
    }

    [Fact]
    public async Task An_interrupted_run_reports_what_was_measured()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            if (number == 100)
            {
                await stop.CancelAsync();
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var result = await new LoadEngine(LoadRunner.Plan(server.Address, rate: 200, seconds: 600), [], TimeProvider.System).RunAsync(
            [], stop.Token, CancellationToken.None);

        Assert.True(result.Interrupted);
        Assert.Equal(server.Requests, result.Total.Sent);
        Assert.Equal(result.Total.Sent, result.Total.Good);
        Assert.InRange(result.Seconds, 0.4, 599);
        Assert.Equal(result.Seconds * 200, result.Due, tolerance: 2);
    }

    [Fact]
    public async Task An_interrupted_run_does_not_wait_for_a_server_that_hangs()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new LoadServer(async (number, _, cancellationToken) =>
        {
            if (number == 4)
            {
                await stop.CancelAsync();
            }

            await Task.Delay(-1, cancellationToken);
            return false;
        });
        var plan = LoadRunner.Plan(server.Address, rate: 200, seconds: 600, connections: 4, timeoutSeconds: 60);
        var timeline = new LoadTimeline(plan.Profile);
        var result = await new LoadEngine(plan, [timeline], TimeProvider.System).RunAsync([], stop.Token, CancellationToken.None);

        Assert.Equal(4, result.Total.Sent);
        // The phase ends with the run, and nothing was answered in it.
        Assert.Equal((result.Seconds, 4L, 0L), (timeline.Phases[0].To, timeline.Phases[0].Sent, timeline.Phases[0].Ended));
        Assert.Equal(4, result.Total.Count(ErrorKind.Interrupted));
        Assert.InRange(result.Total.FromSend.GetValueAtPercentile(100), 0, 59_000_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Speaks_TLS_and_trusts_no_certificate_that_it_does_not_know_unless_told_to(bool insecure)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var signed = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), password: null);
        await using var server = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), cancellationToken);
            }
        });
        var address = new UriBuilder(server.Address) { Scheme = "https" }.Uri;
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(address, rate: 50, seconds: 0.4, connections: 2, insecure: insecure));

        Assert.Equal(20, result.Total.Sent);
        Assert.Equal(insecure ? 20 : 0, result.Total.Good);
        Assert.Equal(insecure ? 0 : 20, result.Total.Count(ErrorKind.Tls));
        Assert.True(!insecure || server.Connections == 2, $"{server.Connections} connections");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Fewer_threads_than_connections_end_the_run_before_it_begins(int threads)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var started = new List<Thread>();
        var engine = new LoadEngine(LoadRunner.Plan(server.Address, rate: 100, seconds: 1, connections: 8), [], TimeProvider.System)
        {
            StartThread = thread =>
            {
                if (started.Count == threads)
                {
                    // Of the kind that the runtime throws at the limit of threads.
                    throw new InsufficientMemoryException();
                }

                started.Add(thread);
                thread.Start();
            },
        };

        var failure = await Assert.ThrowsAsync<ThreadLimitException>(
            () => engine.RunAsync([], TestContext.Current.CancellationToken, CancellationToken.None));
        Assert.StartsWith(
            "8 connections need a thread each, and the system allows this program no more threads: use fewer connections, or raise "
            + "the limit",
            failure.Message);
        Assert.All(started.Skip(1), thread => Assert.False(thread.IsAlive));
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task Nothing_is_allocated_for_a_request()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var address = server.Address;
        var (allocated, failed) = (0L, 0);
        var worker = new Thread(() =>
        {
            var target = new LoadTarget(address, [IPAddress.Loopback], insecure: false);
            var template = new RequestTemplate(RequestKind.Path, target.Host, "/x", []);
            using var connection = new HttpConnection(target, TimeProvider.System);
            var answer = new HttpAnswer(BookinfoAnswers.Usual);
            var buffer = new byte[template.Length];
            long before = 0;
            for (var number = 0; number < 1100; number++)
            {
                if (number == 100)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                failed += connection.Exchange(template.Write(RequestIdentity.Of(new IndexedRandom(1), number), buffer), answer,
                    long.MaxValue) == ErrorKind.None ? 0 : 1;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        worker.Start();
        await Task.Run(worker.Join, TestContext.Current.CancellationToken);

        Assert.Equal(0, failed);
        // Less than a byte for each of a thousand.
        Assert.InRange(allocated, 0, 999);
    }

    /// <summary>In microseconds; of an even number of samples the lower one in the middle, as a histogram takes it.</summary>
    private static double Median(SampleList samples, Func<Sample, long> from) =>
        samples.Samples.Select(sample => sample.Done - from(sample)).Order().ElementAt((samples.Samples.Count - 1) / 2) / 1000.0;

    private static List<(long, long, string)> RecordedValues(Recording recording) =>
    [
        .. new[] { ("due", recording.FromDue), ("send", recording.FromSend), ("delay", recording.SchedulingDelay) }
            .Concat(BookinfoAnswers.Usual.Hops.Select(hop => (hop.Name, recording[hop.Name])))
            .SelectMany(histogram => histogram.Item2.RecordedValues()
                .Select(value => (value.ValueIteratedTo, value.CountAtValueIteratedTo, histogram.Item1))),
    ];

    private sealed class AskedSum : ILoadObserver
    {
        public double Sum { get; private set; }

        public void Progress(LoadProgress progress) => Sum += progress.Asked * progress.Length / 1e9;
    }
}
