using System.Runtime.InteropServices;

namespace Bookinfo.Foundation;

/// <summary>
/// Where a file really is, whatever name it is given: a command must not write over another of its outputs, over what it has read, or over
/// where its report or its messages go.
/// </summary>
public static class OutputPath
{
    /// <summary>The number of links that Linux follows at most.</summary>
    private const int MostLinks = 40;

    private const string Devices = "/dev/";
    private const string Processes = "/proc/";
    private const string StandardOutput = "/dev/stdout";
    private const string StandardError = "/dev/stderr";

    /// <summary>Finds what is wrong with the files of a command.</summary>
    /// <param name="outputs">The files that it is to write, with the options that name them.</param>
    /// <param name="inputs">The files that it reads.</param>
    /// <returns>A line for the user; <see langword="null"/> when nothing is wrong.</returns>
    public static string? FindProblem(IEnumerable<(string Option, string? File)> outputs, params IReadOnlyList<string> inputs)
    {
        var seen = new List<(string Option, string File)>();
        foreach (var (option, file) in outputs)
        {
            if (file is null)
            {
                continue;
            }

            if (AreSame(file, StandardOutput))
            {
                return $"{option}: '{file}' is where the report goes: name another file.";
            }

            if (AreSame(file, StandardError))
            {
                return $"{option}: '{file}' is where messages go: name another file.";
            }

            if (inputs.FirstOrDefault(input => AreSame(file, input)) is { } read)
            {
                return $"{option}: '{file}' is the same file as '{read}', which is read: name another one.";
            }

            foreach (var (otherOption, other) in seen.Where(other => AreSame(file, other.File)))
            {
                return $"{otherOption} and {option}: '{other}' and '{file}' are the same file: name two.";
            }

            seen.Add((option, file));
        }

        return null;
    }

    /// <summary>
    /// Whether what is written to a path is kept there: the path leads to a file, or to nothing yet, and not to a device or a pipe, which
    /// only passes data on.
    /// </summary>
    /// <param name="path">The path.</param>
    public static bool IsKept(string path) => OperatingSystem.IsLinux()
        ? !FileIdentity.IsOtherThanFile(path)
        : !Directory.Exists(path) && (Resolve(path) is not { } resolved || !IsDevice(resolved));

    /// <summary>
    /// Whether a path leads to a pipe that lies among the files, where it may have nobody at its other end. That of a program which has
    /// been started, such as <c>/dev/stdin</c> and what a shell makes of <c>&lt;(...)</c>, has somebody there.
    /// </summary>
    /// <param name="path">The path.</param>
    public static bool IsNamedPipe(string path) =>
        FileIdentity.IsPipe(path)
        && Resolve(path) is { } resolved
        && !IsDevice(resolved)
        && !resolved.StartsWith(Processes, StringComparison.Ordinal);

    /// <summary>Whether two files have the same owner and the same group, as far as that can be found out.</summary>
    /// <param name="one">The path of one.</param>
    /// <param name="other">The path of the other.</param>
    public static bool HaveSameOwner(string one, string other) => FileIdentity.HaveSameOwner(one, other);

    /// <summary>Resolves the links in a path.</summary>
    /// <param name="path">The path, which need not exist.</param>
    /// <returns>The path without links; <see langword="null"/> when it cannot be resolved.</returns>
    public static string? Resolve(string path)
    {
        try
        {
            var links = 0;
            return Resolve(Path.GetFullPath(path), ref links);
        }
        catch (Exception exception) when (OutputFile.IsRefusal(exception))
        {
            // The error on opening it says what is wrong.
            return null;
        }
    }

    private static bool AreSame(string one, string other) =>
        (FileIdentity.Of(one) is { } identity && identity == FileIdentity.Of(other))
        || (Resolve(one) is { } path && path == Resolve(other) && !IsDevice(path));

    /// <summary>What is written to a device, such as /dev/null, is not kept there, so nothing is overwritten.</summary>
    private static bool IsDevice(string path) => path.StartsWith(Devices, StringComparison.Ordinal);

    private static string Resolve(string path, ref int links)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
            }
            else if (++links > MostLinks)
            {
                throw new IOException($"too many links: {path}");
            }
            else
            {
                resolved = Resolve(Path.GetFullPath(target, resolved), ref links);
            }
        }

        return resolved;
    }
}

/// <summary>Identifies the file that a path leads to: two names of one file (hard links) have the same identity.</summary>
/// <param name="Device">The device that the file is on.</param>
/// <param name="Number">The file's number on that device.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Wanted = 0x119; // STATX_TYPE, STATX_UID, STATX_GID, STATX_INO
    private const int Length = 256;
    private const int Pipe = 0x1000; // S_IFIFO
    private const int CharacterDevice = 0x2000; // S_IFCHR
    private const int RegularFile = 0x8000; // S_IFREG
    private const int TypeMask = 0xF000;

    /// <summary>Identifies a file; a link stands for the file that it leads to.</summary>
    /// <param name="path">The path.</param>
    /// <returns>
    /// <see langword="null"/> when there is no file, when its identity cannot be found out, and for a device such as /dev/null, which keeps
    /// nothing that could be overwritten.
    /// </returns>
    public static FileIdentity? Of(string path) => Look(path) is { } found && TypeOf(found) != CharacterDevice
        ? new FileIdentity(BitConverter.ToUInt64(found, 136), BitConverter.ToUInt64(found, 32))
        : null;

    /// <summary>Whether a path leads to something that does not keep what is written to it: a directory, a device or a pipe.</summary>
    /// <param name="path">The path.</param>
    /// <returns><see langword="false"/> also when nothing is there, or when that cannot be found out.</returns>
    public static bool IsOtherThanFile(string path) => Look(path) is { } found && TypeOf(found) != RegularFile;

    /// <summary>Whether a path leads to a pipe.</summary>
    /// <param name="path">The path.</param>
    /// <returns><see langword="false"/> also when that cannot be found out.</returns>
    public static bool IsPipe(string path) => Look(path) is { } found && TypeOf(found) == Pipe;

    /// <summary>Whether two files have the same owner and the same group.</summary>
    /// <param name="one">The path of one.</param>
    /// <param name="other">The path of the other.</param>
    /// <returns><see langword="true"/> also when that cannot be found out.</returns>
    public static bool HaveSameOwner(string one, string other) =>
        Look(one) is not { } first || Look(other) is not { } second || OwnerOf(first) == OwnerOf(second);

    /// <summary>User and group, which stand one after the other.</summary>
    private static ulong OwnerOf(byte[] found) => BitConverter.ToUInt64(found, 20);

    private static int TypeOf(byte[] found) => BitConverter.ToUInt16(found, 28) & TypeMask;

    private static byte[]? Look(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // This layout is the same on all processors, unlike that of stat.
            var found = new byte[Length];
            return Look(CurrentDirectory, path, 0, Wanted, found) == 0 ? found : null;
        }
        catch (EntryPointNotFoundException)
        {
            // The C library is from before 2018.
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Look(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] found);
}
