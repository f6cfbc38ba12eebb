using System.Runtime.InteropServices;

namespace Bookinfo.Testing;

/// <summary>The working copy that the tests belong to.</summary>
public static class WorkingCopy
{
    /// <summary>The full path of the directory with the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The assembly of a project, as <c>dotnet build</c> makes it.</summary>
    /// <param name="project">The name of the project.</param>
    public static string Assembly(string project) => Path.Combine(Root, "artifacts", "bin", project, "release", $"{project}.dll");

    /// <summary>The native executable of a project, as <c>test.sh</c> publishes it.</summary>
    /// <param name="project">The name of the project.</param>
    public static string NativeExecutable(string project) =>
        Path.Combine(Root, "artifacts", "publish", project, $"release_{RuntimeInformation.RuntimeIdentifier}", project);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Bookinfo.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The tests were not run from within the working copy.");
    }
}
