using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>The scenarios that come with Bookinfo, a file each, and those of the user's own.</summary>
/// <param name="directory">The directory of the former.</param>
public sealed class ScenarioFiles(string directory)
{
    private const string Ending = ".yaml";

    /// <summary>The most of a file that is read, in MiB. The reader of scenarios has a lower limit, and says so.</summary>
    private const int MostMebibytes = 1;

    /// <summary>The names of the scenarios that come with Bookinfo, in the order of the alphabet.</summary>
    public IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFiles(directory, $"*{Ending}").Select(NameOf).Order(StringComparer.Ordinal)];

    /// <summary>The name of a scenario, which is also that of its set of faults.</summary>
    /// <param name="given">The name of one that comes with Bookinfo, or the path of a file; see <see cref="Read"/>.</param>
    public static string NameOf(string given) => IsFile(given) ? Path.GetFileNameWithoutExtension(given) : given;

    /// <summary>Reads all scenarios that come with Bookinfo.</summary>
    /// <exception cref="OperationFailedException">One of them is not allowed.</exception>
    public IReadOnlyList<Scenario> ReadAll() => [.. Names.Select(Read)];

    /// <summary>Reads several scenarios, which are told apart by their names.</summary>
    /// <param name="given">Names and paths.</param>
    /// <exception cref="OperationFailedException">One is not there or not allowed, or two have the same name.</exception>
    public IReadOnlyList<Scenario> ReadSeveral(IEnumerable<string> given)
    {
        var different = given.Distinct().ToList();
        return different.GroupBy(NameOf).FirstOrDefault(group => group.Count() > 1) is { } same
            ? throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"{string.Join(" and ", same.Select(one => $"'{one}'"))} have the same name, '{same.Key}': rename a file, or leave one "
                    + "out.")
            : [.. different.Select(Read)];
    }

    /// <summary>Reads a scenario.</summary>
    /// <param name="name">
    /// The name of one that comes with Bookinfo, or the path of a file: with a slash, or with .yaml or .yml at its end.
    /// </param>
    /// <exception cref="OperationFailedException">There is none, or it is not allowed: the message has a line for each mistake.</exception>
    public Scenario Read(string name)
    {
        var isFile = IsFile(name);
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

        if (!IsName(NameOf(path)))
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"the scenario '{path}' needs another name, as services know its faults by it: without the ending, the name of its file "
                + $"must have 1 to {FaultRuleReader.LongestName} letters, digits, '-', '.' and '_', and begin with a letter or a digit.");
        }

        return ScenarioReader.Read(NameOf(path), text, out var problems)
            ?? throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"this scenario is not allowed:\n{string.Join('\n', problems.Select(problem => problem.Describe(path)))}");
    }

    private static bool IsFile(string given) =>
        given.Contains('/') || given.Contains(Path.DirectorySeparatorChar) || Path.GetExtension(given) is Ending or ".yml";

    /// <summary>Dots alone would be taken for a directory where the name is part of a path.</summary>
    private static bool IsName(string name) => FaultRuleReader.IsName(name) && char.IsAsciiLetterOrDigit(name[0]);
}
