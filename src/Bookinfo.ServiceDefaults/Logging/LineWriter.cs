namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// Writes lines somewhere without ever making the writer of a line wait: a thread of its own does the writing, in blocks. When nothing is
/// taken there (a pipe that nobody reads), or it is closed, lines are lost and counted, and the service goes on.
/// </summary>
internal sealed class LineWriter : IDisposable
{
    /// <summary>The most bytes that wait to be written; there may be as many again on their way.</summary>
    public const int Capacity = 1024 * 1024;

    private const int FirstCapacity = 16 * 1024;

    /// <summary>From so many bytes on the thread writes at once: a little less than a pipe holds.</summary>
    private const int Block = 60 * 1024;

    /// <summary>How long a line may wait for others to be written with it, if they come in quick succession.</summary>
    private static readonly TimeSpan UsualGathering = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How long the end of the service may wait for the last lines to be written, well within what <c>STOP_WHEN_STDIN_CLOSES</c> gives.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private readonly Func<ReadOnlySpan<byte>, int> _write;
    private readonly Func<long, byte[]> _lossReport;
    private readonly TimeProvider _time;
    private readonly TimeSpan _gathering;
    private readonly Thread _thread;
    private byte[] _filling = new byte[FirstCapacity];
    private byte[] _writing = new byte[FirstCapacity];
    private int _length;
    private long _lost;
    private long _reported;
    private bool _closed;

    /// <summary>When the last block was taken; <see langword="null"/> before the first.</summary>
    private long? _taken;

    /// <summary>What the report at the end of the block that is written says; 0 when it has none.</summary>
    private long _reporting;

    /// <summary>Whether the last write failed.</summary>
    private bool _failed;

    /// <summary>Whether it did so in the middle of a line.</summary>
    private bool _brokenOff;

    /// <summary>Starts the thread.</summary>
    /// <param name="write">Writes them, and returns how many bytes were taken before that failed, if it did.</param>
    /// <param name="lossReport">Makes a line that says how many were lost.</param>
    /// <param name="time">Tells how soon lines follow each other.</param>
    /// <param name="gathering">How long a line may wait for others; <see langword="null"/> for the usual time.</param>
    public LineWriter(Func<ReadOnlySpan<byte>, int> write, Func<long, byte[]> lossReport, TimeProvider time, TimeSpan? gathering = null)
    {
        (_write, _lossReport, _time, _gathering) = (write, lossReport, time, gathering ?? UsualGathering);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>How many lines were lost.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Takes a line. Never waits for it to be written.</summary>
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
            if (_length == line.Length || (_length >= Block && _length - line.Length < Block))
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what is there, if it is taken, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        // What takes nothing must not keep the service from ending.
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
        while (Next() is var length && length >= 0)
        {
            Write(length);
        }
    }

    /// <summary>Writes a block. A line whose end was not written is lost, and the next one begins on a line of its own.</summary>
    private void Write(int length)
    {
        var block = _writing.AsSpan(0, length);
        _brokenOff = _brokenOff && _write("\n"u8) == 0;
        var taken = _brokenOff ? 0 : _write(block);
        _failed = taken < length;
        _brokenOff = taken == 0 ? _brokenOff : block[taken - 1] != '\n';
        if (!_failed)
        {
            _reported = Math.Max(_reported, _reporting);
            return;
        }

        // The report is the last line, so it is among them.
        Interlocked.Add(ref _lost, block[taken..].Count((byte)'\n') - (_reporting > 0 ? 1 : 0));
    }

    /// <summary>Waits for lines.</summary>
    /// <returns>How much of <see cref="_writing"/> is to be written; negative when there will be no more.</returns>
    private int Next()
    {
        lock (_gate)
        {
            while (_length == 0 && !_closed)
            {
                Monitor.Wait(_gate);
            }

            // A line that comes alone is written at once: at low rates, waiting would wake the thread twice for each.
            if (_length < Block && !_closed && _taken is { } last && _time.GetElapsedTime(last) < _gathering)
            {
                Monitor.Wait(_gate, _gathering);
            }

            var lost = Lost;
            _reporting = 0;
            // At the end a report alone is tried once.
            if (lost > _reported && (_length > 0 || !_failed))
            {
                Append(_lossReport(lost - _reported));
                _reporting = lost;
            }

            if (_length == 0)
            {
                return -1;
            }

            (_filling, _writing) = (_writing, _filling);
            var taken = _length;
            _length = 0;
            _taken = _time.GetTimestamp();
            return taken;
        }
    }
}
