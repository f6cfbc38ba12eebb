namespace Bookinfo.Load;

/// <summary>Failures to write to a file that is already open.</summary>
public static class FileFailure
{
    /// <summary>Why a file is incomplete whose writer did not finish in the time that it was given.</summary>
    public const string NotTaken = "some data was still unwritten when the wait was given up";

    /// <summary>
    /// Whether an exception means that nothing more can be written to a file. When a file would exceed
    /// the largest size of its file system, .NET throws <see cref="ArgumentOutOfRangeException"/>.
    /// </summary>
    /// <param name="exception">The exception.</param>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;
}
