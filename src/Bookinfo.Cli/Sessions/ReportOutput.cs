using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>The file that an option such as <c>--html</c> names for a report.</summary>
internal static class ReportOutput
{
    /// <summary>
    /// Requires that the file can be written, and that nothing is lost by that unless it may be: before anything is measured.
    /// </summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file, if one is named.</param>
    /// <param name="overwrite">Whether it may be replaced.</param>
    /// <exception cref="OperationFailedException">The file exists, or cannot be written.</exception>
    public static void RequireUsable(string option, string? file, bool overwrite)
    {
        if (file is not null && OutputFile.FindProblem(file) is { } why)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{option}: the file '{file}' cannot be written: {why}.");
        }

        if (file is not null && !overwrite)
        {
            RequireFree(option, file);
        }
    }

    /// <summary>Requires that nothing is lost when a file is written.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="OperationFailedException">There is something in it.</exception>
    public static void RequireFree(string option, string file)
    {
        if (!OutputFile.IsFree(file))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"{option}: the file '{file}' exists. Name another one, or say --overwrite.");
        }
    }

    /// <summary>Opens a file that is written during a run. What is in it is lost only if it may be.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may be replaced.</param>
    /// <param name="stop">Ends the wait for somebody who reads, where the file is a pipe.</param>
    /// <exception cref="OperationFailedException">The file exists, or cannot be written.</exception>
    public static async Task<FileStream> OpenAsync(string option, string file, bool overwrite, CancellationToken stop)
    {
        if (!overwrite && !Directory.Exists(file))
        {
            RequireFree(option, file);
        }

        try
        {
            // A file that another run writes is refused before its content is cut off. Several may write to a device or a pipe.
            var share = OutputPath.IsKept(file) ? FileShare.None : FileShare.ReadWrite;
            // Opening a pipe waits until somebody reads it. Ctrl-C ends that wait.
            return await Task.Run(() => new FileStream(file, FileMode.Create, FileAccess.Write, share), CancellationToken.None)
                .WaitAsync(stop);
        }
        catch (Exception exception) when (OutputFile.IsRefusal(exception))
        {
            var why = Directory.Exists(file) ? "it is a directory" : exception.Message;
            throw new OperationFailedException(FailureKind.InvalidRequest, $"{option}: the file '{file}' cannot be written: {why}");
        }
    }

    /// <summary>Says on stderr which files were written, a line for each.</summary>
    /// <param name="files">The files that options name, and why each could not be written, if it could not.</param>
    public static async Task TellAsync(params IEnumerable<(string? File, string? Failure)> files)
    {
        foreach (var (file, failure) in files)
        {
            if (file is not null && failure is null)
            {
                await ToolOutput.Messages.WriteLineAsync($"Written: {PrintableText.ShowInLine(file)}");
            }
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may be replaced.</param>
    /// <param name="text">What goes into it.</param>
    /// <param name="giveUp">Ends the wait for whoever reads, where the file is a pipe.</param>
    /// <returns>Why it could not be written to its end; <see langword="null"/> if it was.</returns>
    public static async Task<string?> WriteAsync(string option, string file, bool overwrite, string text, CancellationToken giveUp) =>
        await ReportFile.WriteAsync(file, overwrite, text, giveUp) is { } failure
            ? $"{option}: the file '{file}' could not be written: {failure}"
            : null;
}
