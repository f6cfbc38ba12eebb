using System.Globalization;
using System.Text;
using Bookinfo.Load;
using HdrHistogram;

namespace Bookinfo.Cli.Load;

/// <summary>
/// Writes the histograms of each interval as a log of HdrHistogram's (format 1.3), which its viewers and its tools in other languages read. Values are microseconds,
/// the column of the maximum has milliseconds; the tag of a line says what was measured: <c>due</c>, <c>send</c>, <c>delay</c> (the generator's own), or a hop.
/// </summary>
/// <remarks>The lines are made here, since the library's own writer writes UTF-16, which no reader but its own takes.</remarks>
internal sealed class HdrLog : ILoadObserver, IDisposable
{
    private const double MicrosecondsPerMillisecond = 1000;

    private readonly StreamWriter _log;

    /// <summary>Begins one.</summary>
    /// <param name="file">Where it goes. Is disposed with this.</param>
    public HdrLog(Stream file) => _log = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };

    /// <summary>Why it could not be written, if it could not.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public void Started(DateTimeOffset startedAt) => Try(() =>
    {
        _log.WriteLine("#[Logged with bookinfo load; values in microseconds]");
        _log.WriteLine("#[Histogram log format version 1.3]");
        _log.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"#[StartTime: {startedAt.ToUnixTimeMilliseconds() / 1000.0:F3} (seconds since epoch), {startedAt.UtcDateTime:o}]"));
        _log.WriteLine("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"");
    });

    /// <inheritdoc/>
    public void Progress(LoadProgress progress) => Try(() =>
    {
        Append("due", progress.Interval.FromDue, progress);
        Append("send", progress.Interval.FromSend, progress);
        Append("delay", progress.Interval.SchedulingDelay, progress);
        foreach (var hop in Enum.GetValues<Hop>())
        {
            Append(hop.ToString().ToLowerInvariant(), progress.Interval[hop], progress);
        }

        _log.Flush();
    });

    /// <inheritdoc/>
    public void Dispose() => Try(_log.Dispose);

    private void Append(string tag, HistogramBase histogram, LoadProgress progress)
    {
        if (histogram.TotalCount == 0)
        {
            return;
        }

        var start = (progress.StartedAt.ToUnixTimeMilliseconds() / 1000.0) + ((progress.At - progress.Length) / 1e9);
        _log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Tag={tag},{start:F3},{progress.Length / 1e9:F3},{histogram.GetMaxValue() / MicrosecondsPerMillisecond:F3},{HistogramCodec.Encode(histogram)}"));
    }

    private void Try(Action write)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException exception)
        {
            // The run goes on; what it was for may be something else.
            Failure = exception;
        }
    }
}
