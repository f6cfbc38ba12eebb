using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>
/// Writes the histograms of each interval as a log of HdrHistogram's (format 1.3), which its viewers and its tools in other languages read.
/// Values are microseconds, the column of the maximum has milliseconds; the tag of a line says what was measured: <c>due</c>, <c>send</c>,
/// <c>delay</c> (the generator's own), or a hop. The file is written by a thread of its own: whoever records never waits for it.
/// </summary>
/// <remarks>The lines are made here, since the library's own writer writes UTF-16, which no reader but its own takes.</remarks>
public sealed class HdrLog : ILoadObserver, IAsyncDisposable
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>Lines that wait to be written, in some megabytes: those of half an hour.</summary>
    private const int MostLines = 16 * 1024;

    private readonly BlockingCollection<string> _lines = new(MostLines);
    private readonly Task _writing;
    private volatile Exception? _failure;
    private bool _ended;

    /// <summary>Begins a log.</summary>
    /// <param name="file">Where it goes. Is disposed with this.</param>
    public HdrLog(Stream file) => _writing = Task.Factory.StartNew(() => WriteLines(file), TaskCreationOptions.LongRunning);

    /// <summary>Why it could not be written, if it could not.</summary>
    public Exception? Failure => _failure;

    /// <inheritdoc/>
    public void Started(DateTimeOffset startedAt)
    {
        Write("#[Logged with bookinfo load; values in microseconds]");
        Write("#[Histogram log format version 1.3]");
        Write(string.Create(CultureInfo.InvariantCulture, $"#[StartTime: {startedAt.ToUnixTimeMilliseconds() / 1000.0:F3} (seconds since epoch), {startedAt.UtcDateTime:o}]"));
        Write("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"");
    }

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        Append("due", progress.Interval.FromDue, progress);
        Append("send", progress.Interval.FromSend, progress);
        Append("delay", progress.Interval.SchedulingDelay, progress);
        foreach (var (index, hop) in progress.Interval.Model.Hops.Index())
        {
            Append(hop.Name, progress.Interval[index], progress);
        }
    }

    /// <summary>Ends it, and waits until all of it is written.</summary>
    /// <param name="giveUp">Ends the wait, after which <see cref="Failure"/> says so.</param>
    public async Task EndAsync(CancellationToken giveUp)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _lines.CompleteAdding();
        try
        {
            await _writing.WaitAsync(giveUp);
            _lines.Dispose();
        }
        catch (OperationCanceledException)
        {
            _failure = new IOException(FileFailure.NotTaken);
        }
    }

    /// <summary>Ends it, and waits until all of it is written.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(CancellationToken.None);

    private void Append(string tag, HistogramBase histogram, LoadProgress progress)
    {
        if (histogram.TotalCount == 0)
        {
            return;
        }

        var start = (progress.StartedAt.ToUnixTimeMilliseconds() / 1000.0) + ((progress.At - progress.Length) / 1e9);
        Write(string.Create(
            CultureInfo.InvariantCulture,
            $"Tag={tag},{start:F3},{progress.Length / 1e9:F3},{histogram.GetMaxValue() / MicrosecondsPerMillisecond:F3},{HistogramCodec.Encode(histogram)}"));
    }

    /// <summary>Whoever records never waits for the file.</summary>
    private void Write(string line)
    {
        if (_failure is null && !_lines.TryAdd(line))
        {
            _failure = new IOException("it is not taken fast enough, so that the log has gaps");
        }
    }

    private void WriteLines(Stream file)
    {
        try
        {
            using var log = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            foreach (var line in _lines.GetConsumingEnumerable())
            {
                log.WriteLine(line);
                if (_lines.Count == 0)
                {
                    log.Flush();
                }
            }
        }
        catch (Exception exception) when (FileFailure.Is(exception))
        {
            // The run goes on; what it was for may be something else.
            _failure = exception;
        }
    }
}
