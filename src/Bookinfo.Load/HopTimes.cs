using System.Runtime.CompilerServices;

namespace Bookinfo.Load;

/// <summary>How long each <see cref="Hop"/> of an answer took, in microseconds; <see cref="Unknown"/> where the answer does not say.</summary>
[InlineArray(Count)]
internal struct HopTimes
{
    /// <summary>How many hops there are.</summary>
    public const int Count = 4;

    /// <summary>The answer does not say.</summary>
    public const uint Unknown = uint.MaxValue;

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
