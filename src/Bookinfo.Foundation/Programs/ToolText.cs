using System.Text;

namespace Bookinfo.Foundation;

/// <summary>
/// What a program writes to stdout or stderr, read from its start on. The end of the text is the end of the program, not that of the pipe:
/// a program may leave another behind that goes on holding it, such as a helper that keeps credentials or a connection, and that may run
/// for days.
/// </summary>
public sealed class ToolText
{
    /// <summary>How long nothing may come once the program has ended. What it wrote is in the pipe by then.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>How often more may come after such a time: that comes from somebody else.</summary>
    private const int MostTimes = 10;

    private readonly StringBuilder _text = new();
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="reader">The program's end of it.</param>
    public ToolText(TextReader reader) => _reading = Task.Run(() => CopyAsync(reader));

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

    /// <summary>Gets all of it, when the program has ended.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
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
                // Somebody else holds it, unless more came meanwhile.
            }
        }

        lock (_text)
        {
            return _text.ToString();
        }
    }

    private async Task CopyAsync(TextReader reader)
    {
        var buffer = new char[16 * 1024];
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer)) > 0)
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, read);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody waits for what the other one writes any more.
        }
    }
}
