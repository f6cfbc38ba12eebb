namespace Bookinfo.ToolTesting;

/// <summary>
/// A script in the place of a program, such as buildah or docker: it writes down how it was called, and does what the test says. For what
/// the real ones cannot be brought to do here, and for the daemon that is not everywhere.
/// </summary>
public sealed class FakeTool : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-tool-");

    /// <param name="name">Whose place it takes.</param>
    /// <param name="cases">
    /// Branches of a shell's <c>case</c> over its arguments, such as <c>pull*) exit 1 ;;</c>. <c>$own</c> is its directory. What no branch
    /// is for, succeeds.
    /// </param>
    public FakeTool(string name, string cases)
    {
        var file = Path.Combine(_directory.FullName, name);
        File.WriteAllText(file, $"""
            #!/bin/sh
            own={_directory.FullName}
            echo "$*" >> "$own/calls"
            case "$*" in
            {cases}
            esac
            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The arguments of each call.</summary>
    public IReadOnlyList<string> Calls => File.Exists(PathOf("calls")) ? File.ReadAllLines(PathOf("calls")) : [];

    /// <summary>Variables for a process that is to find it first.</summary>
    public Dictionary<string, string> Environment =>
        new() { ["PATH"] = $"{_directory.FullName}:{System.Environment.GetEnvironmentVariable("PATH")}" };

    /// <summary>Variables for a process that is to find this one and another.</summary>
    public Dictionary<string, string> EnvironmentWith(FakeTool other) =>
        new() { ["PATH"] = $"{_directory.FullName}:{other.Environment["PATH"]}" };

    /// <summary>A file beside it.</summary>
    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
