using System.Net;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>A run whose requests a test makes up: what <c>load</c> reports of it is a matter of arithmetic.</summary>
internal sealed class LoadRun
{
    private const double NanosecondsPerSecond = 1e9;

    private static readonly LoadTarget Target = new(new Uri("http://localhost:1"), [IPAddress.Loopback], insecure: false);

    private readonly Recording _total = new(BookinfoAnswers.Usual);
    private readonly LoadPlan _plan;

    /// <param name="profile">The rate over time.</param>
    /// <param name="templates">What is sent; a page view by a visitor, if nothing is named.</param>
    public LoadRun(RateProfile profile, params IReadOnlyList<(RequestKind Kind, string Path)> templates)
    {
        var mix = new TrafficMix(
            [
                .. (templates.Count > 0 ? templates : [(RequestKind.Visitor, "/productpage")])
                    .Select(template => (new RequestTemplate(template.Kind, Target.Host, template.Path, []), 1.0)),
            ],
            BookinfoAnswers.Usual);
        _plan = new LoadPlan(Target, mix, profile, ArrivalProcess.Even, 1, 1, 4, TimeSpan.FromSeconds(10));
        Breakdown = new LoadBreakdown(mix);
        Timeline = new LoadTimeline(profile);
    }

    public LoadBreakdown Breakdown { get; }

    public LoadTimeline Timeline { get; }

    /// <summary>How many requests of each phase were never sent.</summary>
    public IReadOnlyList<long> Unsent { get; set; } = [];

    /// <summary>What these would have been.</summary>
    public UnsentRequests UnsentBy { get; set; } = UnsentRequests.None;

    public LoadResult Result => new(
        _plan, default, _plan.Profile.Duration, _total, Unsent.Sum(), _total.Sent, _total.Sent, 4, false, 0.1, 2)
    {
        UnsentByPhase = Unsent,
        UnsentBy = UnsentBy,
    };

    public LoadDetails Details => LoadDetails.Of(Result, Breakdown, Timeline);

    public LoadReport Report => LoadReport.From(Result).With(Details, []);

    /// <summary>Adds a request.</summary>
    public void Add(
        double due, double milliseconds, int template = 0, byte version = 0, HopTimes? hops = null, ErrorKind error = ErrorKind.None,
        ushort status = 200)
    {
        var sample = new Sample
        {
            Due = (long)(due * NanosecondsPerSecond),
            Sent = (long)(due * NanosecondsPerSecond),
            Done = (long)((due + (milliseconds / 1000)) * NanosecondsPerSecond),
            Template = (ushort)template,
            Version = version,
            Hops = hops ?? HopTimes.None,
            Error = error,
            Status = status,
            WasAwaited = true,
        };
        _total.Add(sample, _plan.Mix.Templates[template].Kind);
        Breakdown.Add(sample);
        Timeline.Add(sample);
    }

    /// <summary>Adds even requests at the rate of the profile.</summary>
    /// <param name="milliseconds">How long the request takes that is due at a time.</param>
    /// <param name="fails">Whether it fails; asked after how long it takes.</param>
    public void Fill(Func<double, double> milliseconds, Func<double, bool>? fails = null)
    {
        for (var arrival = 0; _plan.Profile.TimeOf(arrival) is var due && double.IsFinite(due); arrival++)
        {
            var latency = milliseconds(due);
            var failed = fails?.Invoke(due) == true;
            Add(
                due, latency, error: failed ? ErrorKind.Status : ErrorKind.None, status: failed ? (ushort)503 : (ushort)200);
        }
    }
}
