namespace Bookinfo.Cli.Images;

/// <summary>A directory for what is needed during a build only.</summary>
internal sealed class WorkDirectory : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="parent">The directory that it is made in; made as well when it is not there.</param>
    /// <param name="name">How its name begins.</param>
    /// <exception cref="CommandFailedException">It cannot be made.</exception>
    public WorkDirectory(string parent, string name)
    {
        Path = System.IO.Path.Combine(parent, $"{name}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.InvalidUsage, $"nothing can be written to {parent}: {exception.Message}");
        }
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
