using System.Globalization;
using YamlDotNet.Core;

namespace Bookinfo.Scenarios;

/// <summary>What is wrong with the file of a scenario.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1.</param>
/// <param name="Path">Where in the file, such as <c>faults[0].delay.fixedDelay</c>; empty for the file itself.</param>
/// <param name="Message">What is wrong and what is allowed, to follow the path.</param>
public sealed record ScenarioProblem(long Line, long Column, string Path, string Message)
{
    /// <summary>One line for the user, as compilers write it.</summary>
    /// <param name="file">The file, as the user named it.</param>
    public string Describe(string file) => string.Create(
        CultureInfo.InvariantCulture, $"{file}:{Line}:{Column}: {(Path.Length == 0 ? "the file" : Path)} {Message}");

    /// <summary>A problem at a place in a file.</summary>
    /// <param name="mark">The place.</param>
    /// <param name="path">Where in the file.</param>
    /// <param name="message">What is wrong.</param>
    internal static ScenarioProblem At(Mark mark, string path, string message) => new(mark.Line, mark.Column, path, message);
}
