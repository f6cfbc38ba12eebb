using Bookinfo.Cli.Report;

namespace Bookinfo.Cli.Baseline;

/// <summary>The files of a baseline: figures, page, and Markdown.</summary>
/// <param name="name">Their name without an ending, with the directory.</param>
internal sealed class BaselineFiles(string name)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Paths { get; } = [$"{name}.json", $"{name}.html", $"{name}.md"];

    /// <summary>Makes sure that they can be written, before minutes are spent on what goes into them.</summary>
    /// <param name="overwrite">Whether files that exist may be replaced.</param>
    /// <exception cref="CommandFailedException">They cannot.</exception>
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

        try
        {
            // What is allowed is found out by trying. It is gone again when it is closed.
            using var probe = new FileStream(
                Path.Combine(directory, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"the directory '{directory}' cannot be written to: {exception.Message}");
        }
    }

    /// <summary>Writes them, as many as it can.</summary>
    /// <param name="baseline">What goes into them.</param>
    /// <returns>Those that are written, and why others are not.</returns>
    public async Task<(IReadOnlyList<string> Written, CommandFailedException? Failure)> WriteAsync(BaselineFile baseline)
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

        return (written, failures.Count == 0 ? null : new CommandFailedException(ExitCode.Failure, string.Join(' ', failures)));
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

    private static CommandFailedException Refuse(string message) => new(ExitCode.InvalidUsage, $"--name: {message}");
}
