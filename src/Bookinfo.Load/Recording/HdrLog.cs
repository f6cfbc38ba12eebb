using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>
/// Writes the histograms of each interval as an HdrHistogram log (format 1.3), which HdrHistogram's viewers and its tools in other
/// languages read. Values are in microseconds, except the column of the maximum, which is in milliseconds. The tag of a line says what was
/// measured: <c>due</c>, <c>send</c>, <c>delay</c> (the generator's own), or a hop. A separate thread writes the file: recording never
/// waits for it.
/// </summary>
/// <remarks>The lines are made here, because the library's own writer writes UTF-16, which only its own reader accepts.</remarks>
public sealed class HdrLog : ILoadObserver, IAsyncDisposable
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The most lines that wait to be written: half an hour's worth, a few megabytes.</summary>
    private const int MostLines = 16 * 1024;

    private readonly BlockingCollection<string> _lines = new(MostLines);
    private readonly Task _writing;
    private volatile Exception? _failure;
    private bool _ended;

    /// <summary>Creates a log.</summary>
    /// <param name="file">The stream to write to, which is disposed with this.</param>
    public HdrLog(Stream file) => _writing = Task.Factory.StartNew(() => WriteLines(file), TaskCreationOptions.LongRunning);

    /// <summary>Why the log could not be written; <see langword="null"/> when it could.</summary>
    public Exception? Failure => _failure;

    /// <inheritdoc/>
    public void Started(DateTimeOffset startedAt)
    {
        Write("#[Logged with bookinfo load; values in microseconds]");
        Write("#[Histogram log format version 1.3]");
        Write(string.Create(CultureInfo.InvariantCulture, $"#[StartTime: {startedAt.ToUnixTimeMilliseconds() / 1000.0:F3} (seconds since "
            + $"epoch), {startedAt.UtcDateTime:o}]"));
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

    /// <summary>Ends the log, and waits until all of it is written.</summary>
    /// <param name="giveUp">Cancels the wait, after which <see cref="Failure"/> says so.</param>
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

    /// <summary>Ends the log, and waits until all of it is written.</summary>
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
            $"Tag={tag},{start:F3},{progress.Length / 1e9:F3},"
            + $"{histogram.GetMaxValue() / MicrosecondsPerMillisecond:F3},{HistogramCodec.Encode(histogram)}"));
    }

    /// <summary>Queues a line. Recording never waits for the file.</summary>
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
            // The run goes on; the log may not be what it is for.
            _failure = exception;
        }
    }
}
