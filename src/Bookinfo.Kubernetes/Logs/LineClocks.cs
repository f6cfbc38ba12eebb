namespace Bookinfo.Kubernetes;

/// <summary>
/// The two clocks by which lines of a log are dated: that of their node, and the one here, by which what is missing is looked for. They may
/// differ, so a time of which lines may be missing begins by the earlier one and ends by the later one.
/// </summary>
/// <param name="here">The clock here.</param>
internal sealed class LineClocks(TimeProvider here)
{
    private DateTimeOffset? _heard;

    /// <summary>Notes that a line has come.</summary>
    public void Hear() => _heard = here.GetUtcNow();

    /// <summary>When the last line was written, at the earliest: not after it came.</summary>
    /// <param name="written">When it was written, by the clock of its node.</param>
    public DateTimeOffset Earliest(DateTimeOffset written) => _heard is { } heard && heard < written ? heard : written;

    /// <summary>The latest of a time of the node's and now.</summary>
    /// <param name="written">The time, by the clock of the node.</param>
    public DateTimeOffset Latest(DateTimeOffset written) => here.GetUtcNow() is var now && now > written ? now : written;
}
