using System.Globalization;

namespace Bookinfo.Foundation;

/// <summary>A file that the user names to be read.</summary>
public static class InputFile
{
    private const int Mebi = 1024 * 1024;

    /// <summary>
    /// Reads a text. What is named may be a device or a pipe of another program, which has no length and may have no end. A pipe that lies
    /// among the files is refused: to open it would last for ever when nobody writes to it.
    /// </summary>
    /// <param name="path">The file, in UTF-8 unless it begins with the mark of another encoding.</param>
    /// <param name="most">The most that it may have, in mebibytes.</param>
    /// <exception cref="IOException">It cannot be read, has more, or is a pipe among the files.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a directory.</exception>
    public static string ReadText(string path, int most)
    {
        if (OutputPath.IsNamedPipe(path))
        {
            throw new IOException("it is a pipe. Write what comes from it to a file, and name that");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var whole = new MemoryStream();
        var part = new byte[Mebi];
        for (int read; (read = file.Read(part)) > 0;)
        {
            whole.Write(part, 0, read);
            if (whole.Length > (long)most * Mebi)
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"it has more than {most} MiB"));
            }
        }

        whole.Position = 0;
        using var reader = new StreamReader(whole);
        return reader.ReadToEnd();
    }
}
