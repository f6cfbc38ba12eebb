namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// Writes lines to a stream without ever making the writer of a line wait: a thread of its own does the writing, in blocks. When the stream
/// takes nothing (a pipe that nobody reads) or is closed, lines are lost and counted, and the service goes on.
/// </summary>
internal sealed class LineWriter : IDisposable
{
    /// <summary>The most bytes that wait to be written; there may be as many again on their way.</summary>
    public const int Capacity = 1024 * 1024;

    private const int FirstCapacity = 16 * 1024;

    /// <summary>From so many bytes on the thread writes at once: a little less than a pipe holds.</summary>
    private const int Block = 60 * 1024;

    /// <summary>How long a line may wait for others to be written with it.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the end of the service may wait for the last lines to be written, well within what <c>STOP_WHEN_STDIN_CLOSES</c> gives.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly Func<long, byte[]> _lossReport;
    private readonly Thread _thread;
    private byte[] _filling = new byte[FirstCapacity];
    private byte[] _writing = new byte[FirstCapacity];
    private int _length;
    private int _lines;
    private long _lost;
    private long _reported;
    private bool _closed;

    /// <summary>Starts the thread.</summary>
    /// <param name="stream">Where the lines go; it is not closed.</param>
    /// <param name="lossReport">Makes a line that says how many were lost.</param>
    public LineWriter(Stream stream, Func<long, byte[]> lossReport)
    {
        (_stream, _lossReport) = (stream, lossReport);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>How many lines were lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Takes a line. Never waits for the stream.</summary>
    /// <param name="line">The line with its end.</param>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_closed || line.Length > Capacity - _length)
            {
                Interlocked.Increment(ref _lost);
                return;
            }

            Append(line);
            _lines++;
            if (_length == line.Length || (_length >= Block && _length - line.Length < Block))
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what is there, if the stream takes it, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        // A stream that takes nothing must not keep the service from ending.
        _thread.Join(Patience);
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        if (_filling.Length < _length + line.Length)
        {
            Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _length + line.Length));
        }

        line.CopyTo(_filling.AsSpan(_length));
        _length += line.Length;
    }

    private void Run()
    {
        while (Next() is var (length, lines) && length >= 0)
        {
            try
            {
                _stream.Write(_writing, 0, length);
                _stream.Flush();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException)
            {
                Interlocked.Add(ref _lost, lines);
            }
        }
    }

    /// <summary>Waits for lines.</summary>
    /// <returns>What is to be written out of <see cref="_writing"/>; a negative length when there will be no more.</returns>
    private (int Length, int Lines) Next()
    {
        lock (_gate)
        {
            while (_length == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            if (_length < Block && !_closed)
            {
                Monitor.Wait(_gate, Gathering);
            }

            var lost = Lost;
            if (lost > _reported)
            {
                Append(_lossReport(lost - _reported));
                _reported = lost;
            }

            if (_length == 0)
            {
                return (-1, 0);
            }

            (_filling, _writing) = (_writing, _filling);
            var taken = (_length, _lines);
            (_length, _lines) = (0, 0);
            return taken;
        }
    }
}
