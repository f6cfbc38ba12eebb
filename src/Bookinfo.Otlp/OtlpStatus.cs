namespace Bookinfo.Otlp;

/// <summary>The statuses of spans, with the numbers that OTLP gives them.</summary>
public enum OtlpStatus
{
    /// <summary>Nothing is said, which is how all is well.</summary>
    Unset = 0,

    /// <summary>Said to be well.</summary>
    Ok = 1,

    /// <summary>Failed.</summary>
    Error = 2,
}
