namespace Bookinfo.Cli.Tests;

/// <summary>The working copy that the tests belong to.</summary>
internal static class WorkingCopy
{
    public static string Root { get; } = Find();

    /// <summary>What builds of images have lying in their directory, which no build may ever have made.</summary>
    public static IEnumerable<string> ImageContexts
    {
        get
        {
            var directory = Path.Combine(Root, "artifacts", "image-contexts");
            return Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory) : [];
        }
    }

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
