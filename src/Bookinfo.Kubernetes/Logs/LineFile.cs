using System.Runtime.CompilerServices;
using System.Text;

namespace Bookinfo.Kubernetes;

/// <summary>Lines in a new file, which can be read while more are written. One writes at a time.</summary>
/// <param name="path">The file.</param>
internal sealed class LineFile(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    private long _pending;
    private long _size;

    /// <summary>How many bytes can be read, in whole lines.</summary>
    public long Size => Interlocked.Read(ref _size);

    /// <summary>Adds a line, which can be read after the next flush.</summary>
    /// <param name="line">The line.</param>
    public void Add(ReadOnlySpan<char> line)
    {
        var text = new byte[Encoding.UTF8.GetByteCount(line) + 1];
        Encoding.UTF8.GetBytes(line, text);
        text[^1] = (byte)'\n';
        _file.Write(text);
        _pending += text.Length;
    }

    /// <summary>Lets the lines be read that were added.</summary>
    public void Flush()
    {
        _file.Flush();
        Interlocked.Add(ref _size, _pending);
        _pending = 0;
    }

    /// <summary>The lines that can be read now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What is written meanwhile may end in the middle of a line.
        var left = Size;
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (left > 0 && await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            left -= Encoding.UTF8.GetByteCount(line) + 1;
            yield return line;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
