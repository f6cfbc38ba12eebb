namespace Bookinfo.Contracts;

/// <summary>A rule for faults is not allowed. The message is one line: where, and what is allowed there.</summary>
/// <param name="path">Where in the JSON, such as <c>rules[0].delay.fixedDelay</c>.</param>
/// <param name="problem">What is wrong and what is allowed, to follow the path.</param>
public sealed class InvalidFaultException(string path, string problem) : Exception($"{path} {problem}")
{
    /// <summary>Where in the JSON.</summary>
    public string Path => path;

    /// <summary>What is wrong and what is allowed, to follow the path.</summary>
    public string Problem => problem;
}
