namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Keeps a client from staying with one replica for ever. A Kubernetes Service balances connections, not requests: a client that reuses
/// its connection sees one version of reviews and no other. The original opens a connection for every request; this handler asks for the
/// end of the connection (<c>Connection: close</c>, RFC 9112 section 9.6) once in every <see cref="Interval"/> at most.
/// </summary>
/// <remarks>
/// At low rates that is every request, so every reload rolls the dice. At high rates it bounds the cost to so many connections a second,
/// and connections still do not outlive a few dozen requests.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="inner">What sends the request.</param>
internal sealed class ConnectionSpreader(TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The shortest time between two connections that are given up.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private readonly long _interval = (long)(Interval.TotalSeconds * time.TimestampFrequency);
    private long _last = long.MinValue;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _last);
        // Of several requests at the same moment only the one that wins the exchange gives its connection up.
        if ((last == long.MinValue || now - last >= _interval) && Interlocked.CompareExchange(ref _last, now, last) == last)
        {
            request.Headers.ConnectionClose = true;
        }

        return base.SendAsync(request, cancellationToken);
    }
}
