using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>The files of a baseline: figures, page, and Markdown.</summary>
/// <param name="name">Their name without an ending, with the directory.</param>
internal sealed class BaselineFiles(string name)
{
    private const string Option = "--name";

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Paths { get; } = [$"{name}.json", $"{name}.html", $"{name}.md"];

    /// <summary>Makes sure that they can be written, before minutes are spent on what goes into them.</summary>
    /// <param name="overwrite">Whether files that exist may be replaced.</param>
    /// <exception cref="OperationFailedException">They cannot.</exception>
    public void Check(bool overwrite)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(Paths[0]))!;
        if (!Directory.Exists(directory))
        {
            throw Refuse($"the directory '{directory}' does not exist: make it, or name another.");
        }

        if (!overwrite && Paths.FirstOrDefault(File.Exists) is { } existing)
        {
            throw Refuse($"'{existing}' exists: take another name, or replace it with --overwrite.");
        }

        if (OutputPath.FindProblem(Paths.Select(static path => (Option, (string?)path))) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }

        foreach (var path in Paths)
        {
            try
            {
                // What is allowed is found out by trying. What was not there is gone again when it is closed.
                var exists = File.Exists(path);
                var (mode, options) = exists ? (FileMode.Open, FileOptions.None) : (FileMode.CreateNew, FileOptions.DeleteOnClose);
                using var probe = new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1, options);
            }
            catch (Exception exception) when (ReportFile.IsRefusal(exception))
            {
                throw Refuse($"'{path}' cannot be written: {(Directory.Exists(path) ? "it is a directory" : exception.Message)}");
            }
        }
    }

    /// <summary>Writes them, as many as it can.</summary>
    /// <param name="baseline">What goes into them.</param>
    /// <returns>Those that are written, and why others are not.</returns>
    public async Task<(IReadOnlyList<string> Written, OperationFailedException? Failure)> WriteAsync(BaselineFile baseline)
    {
        var written = new List<string>();
        var failures = new List<string>();
        string[] texts = [BaselineStore.Write(baseline), BaselinePage.Create(baseline), BaselineMarkdown.Create(baseline)];
        foreach (var (path, text) in Paths.Zip(texts))
        {
            if (await WriteAsync(path, text) is { } failure)
            {
                failures.Add($"'{path}' could not be written: {failure}");
            }
            else
            {
                written.Add(path);
            }
        }

        return (written, failures.Count == 0 ? null : new OperationFailedException(FailureKind.Failed, string.Join(' ', failures)));
    }

    private static async Task<string?> WriteAsync(string path, string text)
    {
        try
        {
            return await ReportFile.WriteAsync(path, overwrite: true, text);
        }
        catch (Exception exception) when (ReportFile.IsRefusal(exception))
        {
            return exception.Message;
        }
    }

    private static OperationFailedException Refuse(string message) => new(FailureKind.InvalidRequest, $"{Option}: {message}");
}
