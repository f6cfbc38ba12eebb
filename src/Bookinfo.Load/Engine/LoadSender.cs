namespace Bookinfo.Load;

/// <summary>
/// A connection and the thread that drives it: take the next arrival, sleep until it is due, send, read, record, repeat. When all senders
/// are busy, the next arrival is taken late, which its latency from the due time shows; no arrival is skipped because of it.
/// </summary>
/// <param name="plan">What to run.</param>
/// <param name="arrivals">When requests are due.</param>
/// <param name="clock">The time of the run.</param>
internal sealed class LoadSender(LoadPlan plan, IArrivals arrivals, RunClock clock, TimeProvider time)
{
    /// <summary>The longest sleep, in nanoseconds, and so the longest time until the thread notices that it is to stop.</summary>
    private const long LongestSleep = 100_000_000;

    private const long RingFullPause = 1_000_000;

    private readonly DueTimer _timer = new(time);
    private readonly IndexedRandom _random = new(plan.Seed);
    private readonly IndexedRandom _identities = new(plan.TraceSeed);
    private readonly HttpAnswer _answer = new(plan.Mix.Answers) { WantsLocation = true };
    private readonly byte[] _request = new byte[plan.Mix.Templates.Max(template => template.Length)];
    private readonly long _timeout = (long)(plan.Timeout.TotalSeconds * time.TimestampFrequency);
    private volatile bool _stopping;
    private bool _isAnswered;
    private int _timeouts;

    /// <summary>The connection.</summary>
    public HttpConnection Connection { get; } = new(plan.Target, time);

    /// <summary>The requests that have been sent.</summary>
    public SampleRing Samples { get; } = new(plan.Connections);

    /// <summary>
    /// The number and the due time of an arrival that was taken from the schedule but not sent; <see langword="null"/> when there is none.
    /// Read only after the thread has ended.
    /// </summary>
    public (long Index, long Due)? Dropped { get; private set; }

    /// <summary>Where the first redirect led. Read only after the thread has ended.</summary>
    public string? RedirectedTo { get; private set; }

    /// <summary>What the TLS library said about the last failure of this connection. Read only after the thread has ended.</summary>
    public string? TlsProblem { get; private set; }

    /// <summary>How many pages for signed-in users came back as if nobody had signed in. Read only after the thread has ended.</summary>
    public long SignedOut { get; private set; }

    /// <summary>
    /// Whether request after request timed out and none was ever answered. One alone may have met a slow server. Read only after the
    /// thread has ended.
    /// </summary>
    public bool WasNeverAnswered => !_isAnswered && _timeouts > 1;

    /// <summary>Makes the sender send nothing more.</summary>
    public void Stop() => _stopping = true;

    /// <summary>
    /// Opens the connection, so that the first request does not have to wait for it. If that fails, the first request tries again.
    /// </summary>
    public void Prepare()
    {
        DueTimer.PrepareThread();
        Connection.Open(time.GetTimestamp() + _timeout);
    }

    /// <summary>Sends until there is nothing left to send.</summary>
    public void Run()
    {
        using (Connection)
        {
            Sample sample = default;
            while (!_stopping && arrivals.TryTake(clock, out sample.Index, out sample.Due))
            {
                if (!WaitUntil(sample.Due, out sample.WasAwaited))
                {
                    Dropped = (sample.Index, sample.Due);
                    return;
                }

                Send(ref sample);
                while (!Samples.TryWrite(sample))
                {
                    _timer.Sleep(clock.Timestamp(clock.Now + RingFullPause));
                }
            }
        }
    }

    private bool WaitUntil(long due, out bool hadToWait)
    {
        hadToWait = false;
        for (var now = clock.Now; now < due && !_stopping; now = clock.Now)
        {
            hadToWait = true;
            _timer.Sleep(clock.Timestamp(Math.Min(due, now + LongestSleep)));
        }

        return !_stopping;
    }

    private void Send(ref Sample sample)
    {
        var template = plan.Mix.Choose(_random, sample.Index);
        var request = plan.Mix.Templates[template].Write(RequestIdentity.Of(_identities, sample.Index), _request);
        sample.Template = (ushort)template;
        sample.Sent = clock.Now;
        sample.Error = Connection.Exchange(request, _answer, clock.Timestamp(sample.Sent) + _timeout);
        sample.Done = clock.Now;
        sample.Status = (ushort)_answer.Status;
        sample.Length = _answer.Length;
        sample.Hops = _answer.Hops;
        sample.Version = 0;
        _isAnswered |= sample.Status > 0;
        _timeouts += sample.Error == ErrorKind.Timeout ? 1 : 0;
        if (_answer.Location is { } location && Redirect.Is(_answer.Status))
        {
            RedirectedTo = location;
            _answer.WantsLocation = false;
        }

        if (sample.Error == ErrorKind.Tls)
        {
            TlsProblem ??= Connection.CertificateProblem is { } problem
                ? $"the certificate is not trusted: {problem}"
                : Connection.TlsProblem;
        }

        if (sample.Error == ErrorKind.None)
        {
            sample.Error = plan.Mix.Answers.Judge(_answer, plan.Mix.Templates[template].Content, out sample.Version);
            if (plan.Mix.Templates[template].User is { } user && _answer is { IsHtml: true, Status: 200 } && _answer.Body.IndexOf(user) < 0)
            {
                SignedOut++;
            }
        }

        // What is not examined is not missing.
        if (sample.Version == 0 && plan.Mix.Templates[template].ShowsVersion && !_answer.IsCoded)
        {
            sample.Version = plan.Mix.Answers.MissingVersion;
        }
    }
}
