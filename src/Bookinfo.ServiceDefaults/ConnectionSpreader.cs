namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Keeps a client from staying with one replica for ever. A Kubernetes Service balances connections, not requests: a client that reuses
/// its connection sees one version of reviews and no other. The original opens a connection for every request; this handler asks for the
/// end of the connection (<c>Connection: close</c>, RFC 9112 section 9.6) when no other request is under way, and otherwise once in every
/// <see cref="Interval"/> at most.
/// </summary>
/// <remarks>
/// So requests that are made one after the other each roll the dice, however fast they follow. Under load the interval bounds the cost to
/// so many connections a second, and connections still do not outlive a few dozen requests.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="inner">What sends the request.</param>
internal sealed class ConnectionSpreader(TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The shortest time between two connections that are given up while other requests are under way.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private long _last = time.GetTimestamp();
    private int _underWay;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isAlone = Interlocked.Increment(ref _underWay) == 1;
        try
        {
            if (isAlone || IsTime())
            {
                request.Headers.ConnectionClose = true;
            }

            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private bool IsTime()
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _last);
        // Of several requests at the same moment only the one that wins the exchange gives its connection up.
        return now - last >= _interval && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
