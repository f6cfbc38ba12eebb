using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// Access logs in files, such as those of <c>up</c> or what a shipper of logs has written: of each request, one line of each service that
/// served it, by its trace id. None may be lost, twice, or cut.
/// </summary>
/// <param name="path">A file, or a directory with files that end in <c>.log</c>.</param>
/// <param name="patience">How long to wait for lines.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class LogFileSource(string path, TimeSpan patience, TimeProvider time) : ISource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>For how long nothing may come before what is not there is lost.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(5);

    /// <summary>How much longer than a reading the time until the next one is.</summary>
    private const int PausesInReadings = 4;

    /// <inheritdoc/>
    public string Signal => "logs";

    /// <inheritdoc/>
    public Task PrepareAsync(Action<string> say, CancellationToken cancellationToken)
    {
        Files();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var (size, since) = (-1L, begin);
        var (isUnread, readUntil, reading) = (true, begin, TimeSpan.Zero);
        for (var isFirst = true; ; isFirst = false)
        {
            var now = Files().Sum(file => new FileInfo(file).Length);
            if (now != size)
            {
                (size, since, isUnread) = (now, time.GetTimestamp(), true);
            }

            // Files that others write to may grow for ever.
            var isOver = time.GetElapsedTime(begin) >= patience || time.GetElapsedTime(since) >= Standstill;
            // All is read each time, so that most of the time is not spent on that.
            if (isOver || (isUnread && time.GetElapsedTime(readUntil) >= PausesInReadings * reading))
            {
                var visibleAfter = Visibility.After(time.GetUtcNow() - run.End, isFirst);
                var start = time.GetTimestamp();
                var lines = await ReadAsync(run, cancellationToken);
                (isUnread, readUntil, reading) = (false, time.GetTimestamp(), time.GetElapsedTime(start));
                if (lines.IsExact || isOver)
                {
                    return Report(lines, run, lines.IsExact ? visibleAfter : null);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private SignalResult Report(LogReading reading, RunExpectation run, TimeSpan? visibleAfter) => new(
        Signal, $"files in {path}", reading.Checks(run).ToList())
    {
        Method = "The lines of each request's trace were held against those of the services that must have served it.",
        VisibleAfter = visibleAfter,
        Notes = [string.Create(CultureInfo.InvariantCulture, $"{Files().Length} files were read.")],
    };

    private async Task<LogReading> ReadAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        var reading = new LogReading(run);
        await foreach (var line in LinesAsync(cancellationToken))
        {
            reading.Add(line);
        }

        reading.Compare();
        if (reading.MayHaveTwins)
        {
            await foreach (var line in LinesAsync(cancellationToken))
            {
                reading.LookForTwin(line);
            }
        }

        return reading;
    }

    private async IAsyncEnumerable<string> LinesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in Files())
        {
            await using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 256 * 1024);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                yield return line;
            }
        }
    }

    private string[] Files()
    {
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.log").Order(StringComparer.Ordinal)]
            : File.Exists(path) ? [path]
            : [];
        return files.Length > 0
            ? files
            : throw new OperationFailedException(
                FailureKind.InvalidRequest, $"there is no log at '{path}': name a file, or a directory with files that end in .log.");
    }
}
