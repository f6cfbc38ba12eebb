using System.Runtime.CompilerServices;
using Bookinfo.Common;

namespace Bookinfo.Load;

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
