using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Bookinfo.Common;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Text to stdout or stderr. Callers need not expect a write to fail: the first failure is kept, what comes after it is dropped, and
/// <see cref="ToolOutput.End(int)"/> says so when the command has done its work. Nothing is buffered. Several threads may use it; what one
/// call writes stays together.
/// </summary>
/// <param name="write">Writes all of the bytes, or throws.</param>
/// <param name="encoding">The encoding that the reader expects.</param>
/// <param name="width">
/// How many characters fit in a line: a longer one is broken between words. <see langword="null"/>, or a result of
/// <see langword="null"/>, leaves lines as they are.
/// </param>
internal sealed class StandardWriter(Action<ReadOnlySpan<byte>> write, Encoding encoding, Func<int?>? width = null) : TextWriter
{
    private readonly Lock _lock = new();
    private readonly Encoder _encoder = encoding.GetEncoder();

    [SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Lives as long as the process.")]
    private readonly CancellationTokenSource _lost = new();

    private byte[] _bytes = new byte[256];
    private volatile Exception? _failure;

    /// <inheritdoc/>
    public override Encoding Encoding => encoding;

    /// <summary>Why some of the output was lost; <see langword="null"/> as long as none was.</summary>
    public Exception? Failure => _failure;

    /// <summary>Cancelled at the first failure, for work that goes on only in order to write more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                return;
            }

            var most = encoding.GetMaxByteCount(buffer.Length);
            if (_bytes.Length < most)
            {
                _bytes = new byte[most];
            }

            var length = _encoder.GetBytes(buffer, _bytes, flush: false);
            try
            {
                write(_bytes.AsSpan(0, length));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                Lose(exception);
            }
        }
    }

    /// <summary>Drops what is written from now on.</summary>
    /// <param name="failure">The reason.</param>
    public void Lose(Exception failure)
    {
        lock (_lock)
        {
            _failure ??= failure;
        }

        // Not on this thread: code that waits for the token may write as well.
        _ = _lost.CancelAsync();
    }

    /// <inheritdoc/>
    public override void WriteLine() => Write(CoreNewLine);

    /// <summary>
    /// Writes a text with its end of line. Control characters in it come from elsewhere, and a terminal must not obey them. What the tool
    /// itself draws with is written by <see cref="Write(string)"/>, and stays as it is.
    /// </summary>
    /// <param name="value">The text.</param>
    public override void WriteLine(string? value) => Write(Fit(PrintableText.Show(value ?? "")) + NewLine);

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    /// <inheritdoc/>
    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <summary>Breaks lines that are too long; what follows is indented as the line is.</summary>
    private string Fit(string text)
    {
        if (width?.Invoke() is not { } most || text.Length <= most)
        {
            return text;
        }

        return string.Join(NewLine, text.Split('\n').SelectMany(line =>
        {
            var indent = line[..^line.TrimStart().Length];
            return TextCut.Lines(line[indent.Length..], Math.Max(1, most - indent.Length)).Select(part => indent + part);
        }));
    }
}

/// <summary>Writes to stdout or stderr, and says why it cannot when it cannot.</summary>
internal static class StandardStream
{
    private const int BrokenPipe = 32; // EPIPE

    /// <summary>Returns the function that writes to stdout or stderr.</summary>
    /// <param name="descriptor">Which: <see cref="FileDescriptor.Output"/> or <see cref="FileDescriptor.Error"/>.</param>
    public static Action<ReadOnlySpan<byte>> Open(int descriptor)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => Write(descriptor, bytes);
        }

#pragma warning disable RS0030 // The one place where the console is written to.
        var stream = descriptor == FileDescriptor.Output ? Console.OpenStandardOutput() : Console.OpenStandardError();
#pragma warning restore RS0030
        return stream.Write;
    }

    /// <summary>Whether a write failed because the reader has left, as <c>head</c> does when it has what it wants.</summary>
    /// <param name="failure">How it failed.</param>
    public static bool ReaderHasLeft(Exception failure) => !OperatingSystem.IsWindows() && failure.HResult == BrokenPipe;

    /// <summary>Checks whether the reader has left, without writing anything.</summary>
    /// <param name="descriptor">Which of them.</param>
    /// <returns>What writing would fail with; <see langword="null"/> when it would not, or when that cannot be told.</returns>
    public static IOException? FindReaderLeft(int descriptor) => !OperatingSystem.IsWindows() && FileDescriptor.HasNoReader(descriptor)
        ? new IOException(Marshal.GetPInvokeErrorMessage(BrokenPipe), BrokenPipe)
        : null;

    private static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (FileDescriptor.Write(descriptor, bytes, out var error) < bytes.Length)
        {
            throw new IOException(error == 0 ? "Nothing was taken" : Marshal.GetPInvokeErrorMessage(error), error);
        }
    }
}
