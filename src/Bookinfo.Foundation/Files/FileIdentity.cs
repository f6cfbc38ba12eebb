using System.Runtime.InteropServices;

namespace Bookinfo.Foundation;

/// <summary>Which file a path leads to: two names of one file (hard links) have the same.</summary>
/// <param name="Device">What it is on.</param>
/// <param name="Number">Its number there.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint TypeAndNumber = 0x101; // STATX_TYPE, STATX_INO
    private const int Length = 256;
    private const int CharacterDevice = 0x2000; // S_IFCHR
    private const int RegularFile = 0x8000; // S_IFREG
    private const int TypeMask = 0xF000;

    /// <summary>Looks at a file, of which a link is that which it leads to.</summary>
    /// <param name="path">The path.</param>
    /// <returns>
    /// <see langword="null"/> where there is none, where it cannot be told, and for a device such as /dev/null, which keeps nothing that
    /// could be overwritten.
    /// </returns>
    public static FileIdentity? Of(string path) => Look(path) is { } found && TypeOf(found) != CharacterDevice
        ? new FileIdentity(BitConverter.ToUInt64(found, 136), BitConverter.ToUInt64(found, 32))
        : null;

    /// <summary>Whether a path leads to something that does not keep what is written to it: a directory, a device or a pipe.</summary>
    /// <param name="path">The path.</param>
    /// <returns><see langword="false"/> where there is nothing, and where it cannot be told.</returns>
    public static bool IsOtherThanFile(string path) => Look(path) is { } found && TypeOf(found) != RegularFile;

    private static int TypeOf(byte[] found) => BitConverter.ToUInt16(found, 28) & TypeMask;

    private static byte[]? Look(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // The same layout on all processors, which stat does not have.
            var found = new byte[Length];
            return Look(CurrentDirectory, path, 0, TypeAndNumber, found) == 0 ? found : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Look(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] found);
}
