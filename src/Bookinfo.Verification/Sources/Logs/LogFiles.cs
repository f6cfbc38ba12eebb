using System.Globalization;
using System.Runtime.CompilerServices;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>Logs in files, such as those of <c>up</c> or what a shipper of logs has written.</summary>
/// <param name="path">A file, or a directory with files that end in <c>.log</c>.</param>
public sealed class LogFiles(string path) : ILogStore
{
    /// <inheritdoc/>
    public string Name => $"files in {path}";

    /// <summary>Services write lines at once.</summary>
    public TimeSpan Standstill => TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<string> Notes => [string.Create(CultureInfo.InvariantCulture, $"{Find().Length} files were read.")];

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Find())
        {
            Use(file, Open).Dispose();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(Find().Sum(file => Use(file, static one => new FileInfo(one).Length)));

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in Find())
        {
            await using var stream = Use(file, Open);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                yield return line;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static FileStream Open(string file) =>
        new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 256 * 1024);

    /// <summary>Does something with a file or a directory, and names it when that cannot be done.</summary>
    private static T Use<T>(string named, Func<string, T> use)
    {
        try
        {
            return use(named);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"--logs: '{named}' cannot be read: {exception.Message.TrimEnd('.')}.");
        }
    }

    private string[] Find()
    {
        string[] files = Directory.Exists(path)
            ? [.. Use(path, static one => Directory.EnumerateFiles(one, "*.log").Order(StringComparer.Ordinal).ToList())]
            : File.Exists(path) ? [path]
            : [];
        if (files.Length == 0)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"there is no log at '{path}': name a file, or a directory with files that end in .log.");
        }

        // Files are read more than once, and opening a pipe that nobody writes to would last for ever.
        return files.FirstOrDefault(file => !OutputPath.IsKept(file)) is not { } passing
            ? files
            : throw new OperationFailedException(
                FailureKind.InvalidRequest, $"--logs: '{passing}' is a pipe or a device: name a file that has the lines.");
    }
}
