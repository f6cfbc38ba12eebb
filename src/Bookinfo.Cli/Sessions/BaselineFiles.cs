using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>The files of a baseline: figures, page, and Markdown.</summary>
/// <param name="name">Their common path, without extension.</param>
internal sealed class BaselineFiles(string name)
{
    private const string Option = "--name";

    /// <summary>The paths of the three files, the figures first.</summary>
    public IReadOnlyList<string> Paths { get; } = PathsOf(name);

    /// <summary>Makes sure that the files can be written, before minutes are spent on measuring what goes into them.</summary>
    /// <param name="overwrite">Whether files that exist may be replaced.</param>
    /// <exception cref="OperationFailedException">One of them cannot be written.</exception>
    public void Check(bool overwrite)
    {
        foreach (var path in Paths)
        {
            if (OutputFile.FindProblem(path) is { } why)
            {
                throw Refuse($"'{path}' cannot be written: {why}.");
            }
        }

        if (!overwrite && Paths.FirstOrDefault(path => !OutputFile.IsFree(path)) is { } existing)
        {
            throw Refuse($"'{existing}' exists: choose another name, or replace it with --overwrite.");
        }

        if (OutputPath.FindProblem(Paths.Select(static path => (Option, (string?)path))) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }
    }

    /// <summary>
    /// Writes as many of the files as it can. Files of this name that something else created during the measurement are left alone, and a
    /// number is added to the name. A number is added as well when the existing figures cannot be overwritten: measuring takes long, so
    /// nothing is discarded, and all three files have to be of one measurement.
    /// </summary>
    /// <param name="texts">What goes into each of them.</param>
    /// <param name="overwrite">Whether files that exist may be replaced.</param>
    /// <param name="giveUp">Ends the wait for whoever reads, where a file is a pipe.</param>
    /// <returns>The files that were written, and why others were not, or not under their name.</returns>
    public async Task<(IReadOnlyList<string> Written, OperationFailedException? Failure)> WriteAsync(
        IReadOnlyList<string> texts, bool overwrite, CancellationToken giveUp)
    {
        string? clash = null;
        if (overwrite)
        {
            if (await ReportFile.WriteAsync(Paths[0], overwrite: true, texts[0], giveUp) is not { } failure)
            {
                var (others, failures) = await WriteAsync(Paths.Zip(texts).Skip(1), overwrite: true, giveUp);
                return ([Paths[0], .. others], Failure(failures));
            }

            clash = $"'{Paths[0]}' could not be written: {failure}";
        }
        else if (Paths.All(OutputFile.IsFree))
        {
            var (written, failures) = await WriteAsync(Paths.Zip(texts), overwrite: false, giveUp);
            // If no file could be created and yet the first one exists, something else created it at the same moment.
            if (written.Count > 0 || !Path.Exists(Paths[0]))
            {
                return (written, Failure(failures));
            }
        }

        clash ??= $"{Option}: something else created files named '{name}' during the measurement; they are left as they are.";
        for (var number = 2; ; number++)
        {
            var paths = PathsOf(string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
            if (paths.Any(Path.Exists))
            {
                continue;
            }

            var (written, failures) = await WriteAsync(paths.Zip(texts), overwrite: false, giveUp);
            if (written.Count > 0 || !Path.Exists(paths[0]))
            {
                return (written, Failure(failures.Prepend(clash)));
            }
        }
    }

    /// <summary>Says on stderr which files were written.</summary>
    /// <param name="complete">Whether all rounds were done.</param>
    /// <param name="written">The files.</param>
    public static Task TellAsync(bool complete, IReadOnlyList<string> written) => ToolOutput.Messages.WriteLineAsync(
        $"{(complete ? "" : "Not all rounds were done; those that were are kept. ")}Written: "
        + $"{(written.Count == 0 ? "nothing" : string.Join(", ", written))}");

    private static OperationFailedException? Failure(IEnumerable<string> failures) =>
        failures.Any() ? new OperationFailedException(FailureKind.Failed, string.Join(' ', failures)) : null;

    private static IReadOnlyList<string> PathsOf(string name) => [$"{name}.json", $"{name}.html", $"{name}.md"];

    private static async Task<(IReadOnlyList<string> Written, IReadOnlyList<string> Failures)> WriteAsync(
        IEnumerable<(string Path, string Text)> files, bool overwrite, CancellationToken giveUp)
    {
        var written = new List<string>();
        var failures = new List<string>();
        foreach (var (path, text) in files)
        {
            if (await ReportFile.WriteAsync(path, overwrite, text, giveUp) is { } failure)
            {
                failures.Add($"'{path}' could not be written: {failure}");
            }
            else
            {
                written.Add(path);
            }
        }

        return (written, failures);
    }

    private static OperationFailedException Refuse(string message) => new(FailureKind.InvalidRequest, $"{Option}: {message}");
}
