using System.Formats.Tar;
using System.Runtime.Versioning;
using System.Text;

namespace Bookinfo.Cli.Images;

/// <summary>
/// The files of a base image, written as an archive that depends on nothing but their names and contents: sorted, owned by root, without
/// times, and with modes that say no more than whether a file can be executed.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class RootFileSystem
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Temporary =
        Executable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    private readonly SortedDictionary<string, Func<TarEntry>> _entries = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds a file of this machine under its own path. Links on the way there, such as <c>/lib</c> to <c>usr/lib</c>, become links as well.
    /// </summary>
    /// <param name="path">A full path.</param>
    /// <returns>The path without links.</returns>
    public string AddFromMachine(string path)
    {
        // Names still to be walked, the next one first.
        var names = new Stack<string>(Split(path).Reverse());
        var walked = "";
        while (names.TryPop(out var name))
        {
            if (name == "..")
            {
                walked = walked[..Math.Max(walked.LastIndexOf('/'), 0)];
                continue;
            }

            var next = $"{walked}/{name}";
            if (new FileInfo(next).LinkTarget is { } target)
            {
                AddLink(next, target);
                walked = target.StartsWith('/') ? "" : walked;
                foreach (var part in Split(target).Reverse())
                {
                    names.Push(part);
                }
            }
            else
            {
                walked = next;
            }
        }

        var mode = (System.IO.File.GetUnixFileMode(walked) & UnixFileMode.UserExecute) != 0 ? Executable : Readable;
        Add(walked, () => File(walked, mode, new FileStream(walked, FileMode.Open, FileAccess.Read)));
        return walked;
    }

    /// <summary>Adds a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="content">What is in it.</param>
    public void AddFile(string path, string content) =>
        Add(path, () => File(path, Readable, new MemoryStream(Encoding.UTF8.GetBytes(content))));

    /// <summary>Adds a symbolic link.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="target">Where it leads.</param>
    public void AddLink(string path, string target) =>
        Add(path, () => new UstarTarEntry(TarEntryType.SymbolicLink, Name(path)) { LinkName = target, Mode = Executable });

    /// <summary>Adds a directory for temporary files, which everybody may write to.</summary>
    /// <param name="path">Its full path.</param>
    public void AddTemporaryDirectory(string path) => Add(path, () => Directory(path, Temporary));

    /// <summary>Writes the archive (tar, in the format ustar).</summary>
    /// <param name="archive">Where to.</param>
    public void Write(Stream archive)
    {
        using var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var (_, make) in _entries)
        {
            var entry = make();
            entry.ModificationTime = DateTimeOffset.UnixEpoch;
            using (entry.DataStream)
            {
                writer.WriteEntry(entry);
            }
        }
    }

    private static string[] Split(string path) => [.. path.Split('/').Where(name => name is not ("" or "."))];

    private static string Name(string path) => path.TrimStart('/');

    private static UstarTarEntry Directory(string path, UnixFileMode mode) => new(TarEntryType.Directory, $"{Name(path)}/") { Mode = mode };

    private static UstarTarEntry File(string path, UnixFileMode mode, Stream content) =>
        new(TarEntryType.RegularFile, Name(path)) { Mode = mode, DataStream = content };

    private void Add(string path, Func<TarEntry> make)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var directory = path[..slash];
            _entries.TryAdd(directory, () => Directory(directory, Executable));
        }

        _entries[path] = make;
    }
}
