using System.Runtime.InteropServices;

namespace Bookinfo.Foundation;

/// <summary>Identifies the file that a path leads to: two names of one file (hard links) have the same identity.</summary>
/// <param name="Device">The device that the file is on.</param>
/// <param name="Number">The file's number on that device.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint Wanted = 0x119; // STATX_TYPE, STATX_UID, STATX_GID, STATX_INO
    private const int Length = 256;
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
