namespace Bookinfo.Load;

/// <summary>What can go wrong with a file that was opened and is being written.</summary>
public static class FileFailure
{
    /// <summary>Why a file is not complete whose end was not awaited.</summary>
    public const string NotTaken = "not everything was taken when the wait for it was ended";

    /// <summary>
    /// Whether an exception says that a file takes no more. That a file would become larger than its file system allows comes as a wrong
    /// argument.
    /// </summary>
    /// <param name="exception">The exception.</param>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;
}
