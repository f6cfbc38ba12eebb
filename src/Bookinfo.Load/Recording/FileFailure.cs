namespace Bookinfo.Load;

/// <summary>Failures of a file that was opened and is being written.</summary>
public static class FileFailure
{
    /// <summary>Why a file is incomplete when the wait for its end was given up.</summary>
    public const string NotTaken = "not everything was taken when the wait for it was ended";

    /// <summary>
    /// Whether an exception means that nothing more can be written to a file. .NET reports a file that would exceed the limit of its file
    /// system as a wrong argument.
    /// </summary>
    /// <param name="exception">The exception.</param>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;
}
