using System.Runtime.CompilerServices;
using System.Text;
using Bookinfo.Common;

namespace Bookinfo.Load;

/// <summary>
/// What the answers of an application say beyond their status. The load generator knows no application: the code that says which requests
/// to send uses this to say how to read their answers.
/// </summary>
public class AnswerModel
{
    private readonly byte[][] _hopNames;

    /// <summary>Describes the answers of an application.</summary>
    /// <param name="hops">The hops that <c>Server-Timing</c> reports, at most <see cref="HopTimes.Most"/>.</param>
    /// <param name="versions">The names of the versions that an answer may come from; at most 255.</param>
    /// <param name="flaws">What may be wrong with an answer whose status is good, in words; at most <see cref="MostFlaws"/>.</param>
    /// <exception cref="ArgumentException">One of the lists is too long.</exception>
    public AnswerModel(IReadOnlyList<AnswerHop> hops, IReadOnlyList<string> versions, IReadOnlyList<string> flaws)
    {
        if (hops.Count > HopTimes.Most || versions.Count > byte.MaxValue || flaws.Count > MostFlaws)
        {
            throw new ArgumentException(
                $"An application can have {HopTimes.Most} hops, {byte.MaxValue} versions and {MostFlaws} flaws at most, "
                + $"not {hops.Count}, {versions.Count} and {flaws.Count}.");
        }

        (Hops, Versions, Flaws) = (hops, versions, flaws);
        _hopNames = [.. hops.Select(hop => Encoding.Latin1.GetBytes(hop.Name))];
    }

    /// <summary>The most flaws that an application can have: the numbers that <see cref="ErrorKind"/> leaves free.</summary>
    public const int MostFlaws = byte.MaxValue - (int)ErrorKind.FirstFlaw + 1;

    /// <summary>Answers that say nothing beyond their status.</summary>
    public static AnswerModel None { get; } = new([], [], []);

    /// <summary>The hops that <c>Server-Timing</c> reports, in the order of <see cref="HopTimes"/>.</summary>
    public IReadOnlyList<AnswerHop> Hops { get; }

    /// <summary>The names of the versions that an answer may come from. The first one has number 1.</summary>
    public IReadOnlyList<string> Versions { get; }

    /// <summary>
    /// The number in <see cref="Versions"/> for requests whose answer should show a version and does not, or that have no answer; 0 if they
    /// are not told apart from requests whose answer shows none anyway.
    /// </summary>
    public byte MissingVersion { get; protected init; }

    /// <summary>What may be wrong with an answer whose status is good. The first one is <see cref="ErrorKind.FirstFlaw"/>.</summary>
    public IReadOnlyList<string> Flaws { get; }

    internal IReadOnlyList<byte[]> HopNames => _hopNames;

    /// <summary>Judges a complete answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="content">See <see cref="RequestTemplate.Content"/>.</param>
    /// <param name="version">The number of the version that it came from; 0 when it does not say.</param>
    /// <returns>What is wrong with it.</returns>
    public ErrorKind Judge(HttpAnswer answer, byte content, out byte version)
    {
        version = 0;
        if (answer.Status >= 400)
        {
            return ErrorKind.Status;
        }

        var reading = Read(answer, content);
        version = reading.Version;
        return reading.Flaw == 0 ? ErrorKind.None : (ErrorKind)((int)ErrorKind.FirstFlaw + reading.Flaw - 1);
    }

    /// <summary>The name of a kind of error, in reports and in JSON.</summary>
    /// <param name="kind">The kind.</param>
    public string NameOf(ErrorKind kind) =>
        kind >= ErrorKind.FirstFlaw && kind - ErrorKind.FirstFlaw < Flaws.Count ? Flaws[kind - ErrorKind.FirstFlaw] : ErrorText.Of(kind);

    /// <summary>The name of an error, in reports and in JSON: a status is an error of its own.</summary>
    /// <param name="kind">What was wrong.</param>
    /// <param name="status">The status, where that is what was wrong.</param>
    public string NameOf(ErrorKind kind, int status) => kind == ErrorKind.Status ? $"{NameOf(kind)} {status}" : NameOf(kind);

    /// <summary>Reads an answer whose status is good.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="content">See <see cref="RequestTemplate.Content"/>.</param>
    protected virtual AnswerReading Read(HttpAnswer answer, byte content) => default;
}

/// <summary>A part of an answer whose duration the <c>Server-Timing</c> header reports.</summary>
/// <param name="Name">The name of the metric in the header.</param>
/// <param name="Label">What baselines call this time: <c>caller-&gt;callee</c>, or a word for the whole.</param>
public sealed record AnswerHop(string Name, string Label);

/// <summary>What was read from an answer.</summary>
/// <param name="Flaw">The number of its flaw in <see cref="AnswerModel.Flaws"/>, from 1; 0 when nothing is wrong.</param>
/// <param name="Version">The number of its version in <see cref="AnswerModel.Versions"/>, from 1; 0 when it does not say.</param>
public readonly record struct AnswerReading(byte Flaw, byte Version);

/// <summary>
/// The duration of each hop of an answer, in microseconds, in the order of <see cref="AnswerModel.Hops"/>; <see cref="Unknown"/> where the
/// answer does not say.
/// </summary>
[InlineArray(Most)]
public struct HopTimes
{
    /// <summary>The most hops that an application can have.</summary>
    public const int Most = 8;

    /// <summary>Stands for a duration that the answer does not report.</summary>
    public const uint Unknown = ServerTimingReader.Unknown;

    private uint _first;

    /// <summary>Every duration is unknown.</summary>
    public static HopTimes None
    {
        get
        {
            HopTimes times = default;
            ((Span<uint>)times).Fill(Unknown);
            return times;
        }
    }
}
