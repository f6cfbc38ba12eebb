namespace Bookinfo.Testing;

/// <summary>What becomes of the standard output of a process.</summary>
public enum StdoutUse
{
    /// <summary>It is read and kept.</summary>
    Kept,

    /// <summary>Nobody reads it: when the pipe is full, a write blocks.</summary>
    Unread,

    /// <summary>The reading end is closed: a write fails.</summary>
    Closed,
}
