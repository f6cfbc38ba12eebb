namespace Bookinfo.Contracts;

/// <summary>A rule for faults is not allowed. The message is one line: where, and what is allowed there.</summary>
/// <param name="path">Where in the JSON, such as <c>rules[0].delay.fixedDelay</c>.</param>
/// <param name="problem">What is wrong and what is allowed, to follow the path.</param>
public sealed class InvalidFaultException(string path, string problem) : Exception($"{Cut(path)} {problem}")
{
    /// <summary>The most characters of a path that are shown: it has the names that were given, which may be of any length.</summary>
    private const int LongestPath = 200;

    /// <summary>Where in the JSON.</summary>
    public string Path => Cut(path);

    /// <summary>What is wrong and what is allowed, to follow the path.</summary>
    public string Problem => problem;

    private static string Cut(string path) => path.Length <= LongestPath ? path : $"{path[..LongestPath]}...";
}
