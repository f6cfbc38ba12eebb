using System.Globalization;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Tells the lines of a log that have come before from those that are new. A log can be asked for from some second on, not from some line
/// on: whoever goes on reading gets the last lines once more. They are known by their times, which are exact to the nanosecond, and their
/// text.
/// </summary>
internal sealed class LineReplay
{
    /// <summary>Lines may be a little out of order.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Queue<(DateTimeOffset Second, string Line)> _recent = new();
    private Dictionary<string, int> _expected = [];
    private bool _isExpecting;

    /// <summary>From when to ask for lines; <see langword="null"/> as long as there were none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The time of the last line; <see langword="null"/> as long as there were none.</summary>
    public DateTimeOffset? Last { get; private set; }

    /// <summary>
    /// Whether an answer has lines that are new and none of those that it must begin with: what was between them is not there any more,
    /// because the log was rotated meanwhile.
    /// </summary>
    public bool IsTorn { get; private set; }

    /// <summary>Begins with another answer, in which all lines since <see cref="Since"/> come once more.</summary>
    /// <param name="isSameLog">Whether it is of the log of the answer before, so that it must have lines of that.</param>
    public void Begin(bool isSameLog)
    {
        _expected = _recent.GroupBy(line => line.Line).ToDictionary(same => same.Key, same => same.Count());
        _isExpecting = isSameLog && _expected.Count > 0;
        IsTorn = false;
    }

    /// <summary>Takes a line of the answer.</summary>
    /// <param name="line">The line, with its time in front.</param>
    /// <param name="time">Its time.</param>
    /// <returns>Whether it is new.</returns>
    public bool Take(string line, DateTimeOffset time)
    {
        if (_expected.TryGetValue(line, out var count))
        {
            _isExpecting = false;
            if (count == 1)
            {
                _expected.Remove(line);
            }
            else
            {
                _expected[line] = count - 1;
            }

            return false;
        }

        IsTorn |= _isExpecting;
        _isExpecting = false;
        var second = new DateTimeOffset(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
        if (Since is null || second - Kept > Since)
        {
            Since = second - Kept;
            while (_recent.TryPeek(out var oldest) && oldest.Second < Since)
            {
                _recent.Dequeue();
            }
        }

        Last = Last > time ? Last : time;
        if (second >= Since)
        {
            _recent.Enqueue((second, line));
        }

        return true;
    }

    /// <summary>Reads the time in front of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="time">The time.</param>
    /// <returns>Where the line itself begins; 0 when there is no time, so that it is not a line of the log.</returns>
    public static int TextOf(string line, out DateTimeOffset time)
    {
        var end = line.IndexOf(' ');
        time = default;
        return end > 10 && line[10] == 'T' && DateTimeOffset.TryParse(
            line.AsSpan(0, end), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out time)
            ? end + 1
            : 0;
    }
}
