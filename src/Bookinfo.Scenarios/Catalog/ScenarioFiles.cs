using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>The scenarios that come with Bookinfo, a file each, and those of the user's own.</summary>
/// <param name="directory">The directory of the former.</param>
public sealed class ScenarioFiles(string directory)
{
    private const string Ending = ".yaml";

    /// <summary>How much of a file is read; the reader says how long it may be.</summary>
    private const int MostMebibytes = 1;

    /// <summary>The names of the scenarios that come with Bookinfo, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Directory.EnumerateFiles(directory, $"*{Ending}").Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads all scenarios that come with Bookinfo.</summary>
    /// <exception cref="OperationFailedException">One of them is not allowed.</exception>
    public IReadOnlyList<Scenario> ReadAll() => [.. Names.Select(Read)];

    /// <summary>Reads a scenario.</summary>
    /// <param name="name">
    /// The name of one that comes with Bookinfo, or the path of a file: with a slash, or with .yaml or .yml at its end.
    /// </param>
    /// <exception cref="OperationFailedException">There is none, or it is not allowed: the message has a line for each mistake.</exception>
    public Scenario Read(string name)
    {
        var isFile = name.Contains('/') || name.Contains(Path.DirectorySeparatorChar)
            || Path.GetExtension(name) is Ending or ".yml";
        if (!isFile && !Names.Contains(name))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"there is no scenario '{name}'.{NearestName.Suggest(name, Names)} 'bookinfo scenario list' shows all; a file of your own "
                + $"is named with its path, such as ./{name}{Ending}.");
        }

        var path = isFile ? name : Path.Combine(directory, name + Ending);
        string text;
        try
        {
            text = InputFile.ReadText(path, MostMebibytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"the scenario '{path}' cannot be read: {exception.Message}");
        }

        return ScenarioReader.Read(Path.GetFileNameWithoutExtension(path), text, out var problems)
            ?? throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"this scenario is not allowed:\n{string.Join('\n', problems.Select(problem => problem.Describe(path)))}");
    }
}
