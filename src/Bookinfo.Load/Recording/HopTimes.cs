using System.Runtime.CompilerServices;
using Bookinfo.Common;

namespace Bookinfo.Load;

/// <summary>
/// How long each hop of an answer took, in microseconds, in the order of <see cref="AnswerModel.Hops"/>; <see cref="Unknown"/> where the
/// answer does not say.
/// </summary>
[InlineArray(Most)]
public struct HopTimes
{
    /// <summary>The most hops that an application can have.</summary>
    public const int Most = 8;

    /// <summary>The answer does not say.</summary>
    public const uint Unknown = ServerTimingReader.Unknown;

    private uint _first;

    /// <summary>Nothing known of any hop.</summary>
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
