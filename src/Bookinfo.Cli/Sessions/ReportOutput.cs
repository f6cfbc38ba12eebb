using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>The file that an option such as <c>--html</c> names for a report.</summary>
internal static class ReportOutput
{
    /// <summary>
    /// Requires that there is no such file yet, or that it may be replaced, and that it has a directory: before anything is measured.
    /// </summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file, if one is named.</param>
    /// <param name="overwrite">Whether it may be replaced.</param>
    /// <exception cref="OperationFailedException">The file exists, or cannot be created.</exception>
    public static void RequireUsable(string option, string? file, bool overwrite)
    {
        if (!overwrite && File.Exists(file))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{option}: the file '{file}' exists. Name another one, or say --overwrite.");
        }

        var why = file is null ? null
            : Directory.Exists(file) ? "it is a directory"
            : !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) ? "its directory does not exist"
            : null;
        if (why is not null)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{option}: the file '{file}' cannot be written: {why}.");
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may be replaced.</param>
    /// <param name="text">What goes into it.</param>
    /// <returns>Why it could not be written to its end; <see langword="null"/> if it was.</returns>
    /// <exception cref="OperationFailedException">It cannot be opened: a mistake of the user.</exception>
    public static async Task<string?> WriteAsync(string option, string file, bool overwrite, string text)
    {
        try
        {
            return await ReportFile.WriteAsync(file, overwrite, text) is { } failure
                ? $"{option}: the file '{file}' could not be written: {failure}"
                : null;
        }
        catch (Exception exception) when (ReportFile.IsRefusal(exception))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{option}: the file '{file}' cannot be written: {exception.Message}");
        }
    }
}
