using System.Text;

namespace Bookinfo.Foundation;

/// <summary>
/// The log file of a process: its stdout and stderr, as it writes them. Processes that run one after another can share one.
/// </summary>
public sealed class ProcessLog : IDisposable
{
    private const int LongestLine = 64 * 1024;
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly Action<ReadOnlySpan<byte>>? _appended;
    private string _lastLine = "";
    private string? _problem;

    /// <summary>Creates the file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="appended">Is given what was appended: whole lines, but for those longer than 64 KiB.</param>
    public ProcessLog(string path, Action<ReadOnlySpan<byte>>? appended = null)
    {
        _appended = appended;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // No buffer: anyone who follows the file sees a line when it is written, and none is lost when this process is killed.
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>The last line that says something: not empty, and not indented like the lines of a stack trace.</summary>
    public string LastLine
    {
        get
        {
            lock (_lock)
            {
                return _lastLine;
            }
        }
    }

    /// <summary>Why part of the output is missing from the file; <see langword="null"/> when none is.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return _problem;
            }
        }
    }

    /// <summary>Copies a stream to the file until it ends. Lines stay whole even while two streams are copied at once.</summary>
    /// <param name="stream">stdout or stderr of the process.</param>
    public async Task CopyAsync(Stream stream)
    {
        var buffer = new byte[LongestLine];
        var held = 0;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(held))) > 0)
            {
                held += read;
                var whole = held == buffer.Length ? held : buffer.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
                Append(buffer.AsSpan(0, whole));
                buffer.AsSpan(whole, held - whole).CopyTo(buffer);
                held -= whole;
            }
        }
        catch (IOException)
        {
            // The process is gone; what it has written is in the file.
        }

        if (held > 0)
        {
            buffer[held++] = (byte)'\n';
            Append(buffer.AsSpan(0, held));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Append(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            try
            {
                _file.Write(lines);
            }
            catch (IOException exception)
            {
                _problem ??= exception.Message;
                // The disk is full. The output of the process is still read, because the process would block otherwise.
            }

            _lastLine = LastOf(lines) ?? _lastLine;
        }

        _appended?.Invoke(lines);
    }

    private static string? LastOf(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            lines = lines.TrimEnd("\r\n"u8);
            var line = lines[(lines.LastIndexOf((byte)'\n') + 1)..];
            if (!line.IsEmpty && line[0] != ' ')
            {
                return Encoding.UTF8.GetString(line);
            }

            lines = lines[..^line.Length];
        }

        return null;
    }
}
