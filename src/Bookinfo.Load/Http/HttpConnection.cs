namespace Bookinfo.Load;

/// <summary>
/// A client's side of HTTP/1.1 (RFC 9112) on a blocking socket: one request at a time, nothing repeated, nothing allocated for a request. A
/// client that does more for its caller would cost as much as the services that are measured, and one that repeats a request would send
/// more than is written down.
/// </summary>
/// <remarks>
/// Blocking calls have no time limits of their own here: another thread calls <see cref="AbortIfLate"/>, which closes the socket under
/// them. That holds for connecting, TLS, sending and a body that comes in drops alike.
/// </remarks>
public sealed class HttpConnection : IDisposable
{
    private const long Aborted = -1;

    /// <summary>
    /// A connection that was used this recently is not asked whether it is still there: the question costs as much as a tenth of a request.
    /// </summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly HttpTransport _transport;
    private readonly HttpAnswerReader _reader;
    private readonly Func<bool> _isAborted;
    private readonly long _freshTicks;
    private bool _interrupted;
    private long _lastUsed;
    private bool _used;

    /// <summary>
    /// When what goes on must be done, as a timestamp of the clock; 0 when nothing goes on, <see cref="Aborted"/> when it was too late.
    /// </summary>
    private long _deadline;

    /// <summary>Makes one that is not open yet.</summary>
    /// <param name="target">The other side.</param>
    /// <param name="time">Tells the time and waits.</param>
    public HttpConnection(LoadTarget target, TimeProvider time)
    {
        _time = time;
        _transport = new HttpTransport(target, time);
        _reader = new HttpAnswerReader(_transport);
        _isAborted = () => Volatile.Read(ref _deadline) == Aborted;
        _freshTicks = (long)(Fresh.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Whether a request is under way.</summary>
    public bool IsBusy => Volatile.Read(ref _deadline) > 0;

    /// <summary>How many connections have been opened.</summary>
    public int Opened => _transport.Opened;

    /// <summary>
    /// Why the certificate of the other side was not trusted the last time, if it was not: a part of a sentence that begins with "it".
    /// </summary>
    public string? CertificateProblem => _transport.CertificateProblem;

    /// <summary>What the library of TLS says of the last failure; <see langword="null"/> when it was not a matter of TLS.</summary>
    public string? TlsProblem => _transport.TlsProblem;

    /// <summary>Whether the last bad answer was the beginning of HTTP/2.</summary>
    public bool WasHttp2 => _reader.IsHttp2;

    /// <summary>Opens the connection if it is not open.</summary>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    public ErrorKind Open(long deadline)
    {
        Interlocked.Exchange(ref _deadline, deadline);
        var done = _transport.IsOpen || Connect();
        return End(done ? ErrorKind.None : _transport.Error, mayKeep: done);
    }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    /// <returns>What went wrong on the way; a status is not looked at.</returns>
    public ErrorKind Exchange(ReadOnlySpan<byte> request, HttpAnswer answer, long deadline)
    {
        answer.Clear();
        Interlocked.Exchange(ref _deadline, deadline);
        if (_transport.IsOpen && _time.GetTimestamp() - _lastUsed > _freshTicks && _transport.IsSpent(isFirstUse: !_used))
        {
            _transport.Close();
        }

        _used = false;
        if (!((_transport.IsOpen || Connect()) && _transport.Send(request)))
        {
            return End(_transport.Error, mayKeep: false);
        }

        _used = _reader.Read(answer);
        return End(_used ? ErrorKind.None : _reader.Error, _reader.IsAtEnd);
    }

    /// <summary>Closes the connection under whoever uses it if its time is over. May be called by any thread.</summary>
    /// <param name="now">A timestamp.</param>
    public void AbortIfLate(long now)
    {
        var deadline = Volatile.Read(ref _deadline);
        if (deadline > 0 && now >= deadline && Interlocked.CompareExchange(ref _deadline, Aborted, deadline) == deadline)
        {
            _transport.Abort();
        }
        else if (deadline > 0)
        {
            _transport.CutAttemptIfLate(now);
        }
    }

    /// <summary>Closes the connection under whoever uses it, because the run is interrupted. May be called by any thread.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref _interrupted, true);
        AbortIfLate(long.MaxValue);
    }

    /// <summary>Runs one of the calls above with a time limit, for who has no other thread that keeps it.</summary>
    /// <param name="exchange">The call, which is given its deadline.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<ErrorKind> RunAsync(Func<long, ErrorKind> exchange, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var deadline = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        var running = Task.Run(() => exchange(deadline), CancellationToken.None);
        while (await Task.WhenAny(running, Task.Delay(CheckInterval, _time, CancellationToken.None)) != running)
        {
            AbortIfLate(_time.GetTimestamp());
            if (cancellationToken.IsCancellationRequested)
            {
                Interrupt();
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await running;
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private bool Connect()
    {
        _reader.Clear();
        return _transport.Connect(_isAborted);
    }

    private ErrorKind End(ErrorKind error, bool mayKeep)
    {
        var aborted = Interlocked.Exchange(ref _deadline, 0) == Aborted;
        if (error != ErrorKind.None || aborted || !mayKeep)
        {
            // What is left of an answer, or has come on top of it, would be taken for the next one.
            _transport.Close();
        }
        else
        {
            _lastUsed = _time.GetTimestamp();
        }

        return error == ErrorKind.None || !aborted ? error
            : Volatile.Read(ref _interrupted) ? ErrorKind.Interrupted
            : _transport.IsConnecting ? ErrorKind.ConnectTimeout
            : ErrorKind.Timeout;
    }
}
