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

    /// <summary>Writes them.</summary>
    /// <param name="baseline">What goes into them.</param>
    /// <exception cref="CommandFailedException">One cannot be written.</exception>
    public async Task WriteAsync(BaselineFile baseline)
    {
        string[] texts = [BaselineStore.Write(baseline), BaselinePage.Create(baseline), BaselineMarkdown.Create(baseline)];
        foreach (var (path, text) in Paths.Zip(texts))
        {
            try
            {
                await File.WriteAllTextAsync(path, text);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailedException(ExitCode.Failure, $"'{path}' could not be written: {exception.Message}");
            }
        }
    }

    private static CommandFailedException Refuse(string message) => new(ExitCode.InvalidUsage, $"--name: {message}");
}
