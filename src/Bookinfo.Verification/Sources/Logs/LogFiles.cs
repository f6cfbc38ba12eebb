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
        Find();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(Find().Sum(file => new FileInfo(file).Length));

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in Find())
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

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string[] Find()
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
