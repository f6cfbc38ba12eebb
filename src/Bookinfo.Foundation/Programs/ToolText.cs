using System.Text;

namespace Bookinfo.Foundation;

/// <summary>
/// What a program writes to stdout or stderr, from its start on. The text ends when the program ends, not when the pipe is closed: a
/// program may leave another one behind that holds the pipe, possibly for days, such as a helper that keeps credentials or a connection.
/// </summary>
public sealed class ToolText
{
    /// <summary>How long to wait for more output once the program has ended; what it wrote itself is in the pipe by then.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>How many such waits may bring more output, which then comes from another program.</summary>
    private const int MostTimes = 10;

    /// <summary>The most characters to keep: far more than any tool used here prints. A text that gets there may have no end.</summary>
    private const int Longest = 64 * 1024 * 1024;

    private readonly StringBuilder _text = new();
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="reader">The program's stdout or stderr.</param>
    /// <param name="tooLong">Is called when the text is too long; what follows is read, so that nobody blocks, but not kept.</param>
    public ToolText(TextReader reader, Action? tooLong = null) => _reading = Task.Run(() => CopyAsync(reader, tooLong));

    /// <summary>Whether there is more text than is kept.</summary>
    public bool IsTooLong => Length == Longest;

    private int Length
    {
        get
        {
            lock (_text)
            {
                return _text.Length;
            }
        }
    }

    /// <summary>Returns the whole text, once the program has ended.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var before = -1;
        for (var times = 0; times < MostTimes && !_reading.IsCompleted && before != Length; times++)
        {
            before = Length;
            try
            {
                await _reading.WaitAsync(Silence, TimeProvider.System, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Another process holds the pipe, unless more output has come meanwhile.
            }
        }

        lock (_text)
        {
            return _text.ToString();
        }
    }

    private async Task CopyAsync(TextReader reader, Action? tooLong)
    {
        var buffer = new char[16 * 1024];
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer)) > 0)
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, Math.Min(read, Longest - _text.Length));
                }

                if (IsTooLong)
                {
                    tooLong?.Invoke();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody waits any longer for what the other process writes, and nobody is told any more that it is too long.
        }
    }
}
