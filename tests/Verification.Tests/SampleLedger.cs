using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Verification.Tests;

/// <summary>A ledger of requests that a test makes up.</summary>
internal sealed class SampleLedger : IDisposable
{
    public const string PagePath = "/productpage?u=normal";

    private static readonly BookinfoAnswers Answers = BookinfoAnswers.Usual;

    private readonly string[] _paths;
    private readonly List<Sample> _samples = [];

    public SampleLedger(params string[] paths) => _paths = paths.Length == 0 ? [PagePath] : paths;

    public string File { get; } = Path.GetTempFileName();

    /// <summary>When the run begins.</summary>
    public DateTimeOffset Start { get; init; } = UsualStart;

    /// <summary>When the run begins, if it is not said.</summary>
    public static DateTimeOffset UsualStart { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The time from one request to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Adds requests.</summary>
    /// <param name="count">How many.</param>
    /// <param name="path">The index of their path.</param>
    /// <param name="version">The version of reviews that the answer shows.</param>
    /// <param name="status">The status.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="flaw">What the answer lacks, by its name.</param>
    /// <param name="reviews">How long the call to reviews took, in seconds.</param>
    public SampleLedger Add(
        int count, int path = 0, string? version = null, int status = 200, ErrorKind error = ErrorKind.None, string? flaw = null,
        double reviews = 0.001)
    {
        for (var added = 0; added < count; added++)
        {
            var hops = HopTimes.None;
            hops[Answers.Hops.Index().Single(hop => hop.Item.Name == "reviews").Index] = (uint)(reviews * 1e6);
            hops[Answers.Hops.Index().Single(hop => hop.Item.Name == BookinfoAnswers.Total).Index] = 4_000;
            var due = _samples.Count * Interval.Ticks * TimeSpan.NanosecondsPerTick;
            _samples.Add(new Sample
            {
                Index = _samples.Count,
                Due = due,
                Sent = due,
                Done = due + 6_000_000,
                Hops = hops,
                Template = (ushort)path,
                Status = (ushort)status,
                Error = flaw is null ? error : (ErrorKind)((int)ErrorKind.FirstFlaw + Answers.Flaws.ToList().IndexOf(flaw)),
                Version = version is null ? (byte)0 : (byte)(Answers.Versions.ToList().IndexOf(version) + 1),
            });
        }

        return this;
    }

    /// <summary>Writes it, and reads what must be seen.</summary>
    public async Task<RunExpectation> ExpectAsync() => (await WriteAsync()).Expect(TestContext.Current.CancellationToken);

    /// <summary>Writes the file.</summary>
    public async Task<LedgerOracle> WriteAsync()
    {
        var target = new LoadTarget(new Uri("http://localhost:30080"), [IPAddress.Loopback], insecure: false);
        var plan = new LoadPlan(
            target,
            new TrafficMix([.. _paths.Select(path => (new RequestTemplate(RequestKind.Path, target.Host, path, []), 1.0))], Answers),
            new ConstantProfile(1, 1), ArrivalProcess.Even, Seed: 1, TraceSeed: 7, Connections: 1, TimeSpan.FromSeconds(5));
        await using var writer = new LedgerWriter(new FileStream(File, FileMode.Create, FileAccess.Write), plan, "test");
        writer.Started(Start);
        foreach (var sample in _samples)
        {
            writer.Add(sample);
        }

        await writer.EndAsync(TestContext.Current.CancellationToken);
        return new LedgerOracle(File);
    }

    public void Dispose() => System.IO.File.Delete(File);
}
