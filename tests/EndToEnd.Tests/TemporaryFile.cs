namespace EndToEnd.Tests;

/// <summary>A file for as long as a test needs it, readable by its owner only.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string content)
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, content);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
