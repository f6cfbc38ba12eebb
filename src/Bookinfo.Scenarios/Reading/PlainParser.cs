using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Bookinfo.Scenarios;

/// <summary>
/// Ends the parsing of a file that is nested deeply or repeats parts of itself. The library reads each level by a call of its own, so many
/// thousands of brackets would end the whole program; and it looks into every repetition of a part that is used as a key.
/// </summary>
/// <param name="inner">Parses the file.</param>
public sealed class PlainParser(IParser inner) : IParser
{
    private int _depth;

    /// <summary>The most levels, those of the stream and the document among them. A scenario has about ten.</summary>
    public int Deepest { get; init; } = 32;

    /// <summary>Whether a part may be repeated by its name.</summary>
    public bool MayRepeat { get; init; }

    /// <inheritdoc/>
    public ParsingEvent? Current => inner.Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        var next = inner.Current!;
        _depth += next.NestingIncrease;
        return _depth > Deepest ? throw new NotPlainException(next.Start, "is nested too deep from here on")
            : !MayRepeat && next is AnchorAlias alias
                ? throw new NotPlainException(next.Start, $"must not repeat a part (*{alias.Value}): write it out")
            : true;
    }
}

/// <summary>A file is nested too deeply, or repeats a part of itself.</summary>
/// <param name="at">Where.</param>
/// <param name="message">What is wrong.</param>
public sealed class NotPlainException(Mark at, string message) : Exception(message)
{
    /// <summary>The line and column where the file is not plain.</summary>
    public Mark At => at;
}
