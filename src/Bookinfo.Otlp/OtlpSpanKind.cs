namespace Bookinfo.Otlp;

/// <summary>The kinds of spans, with the numbers that OTLP gives them.</summary>
public enum OtlpSpanKind
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Within a program.</summary>
    Internal = 1,

    /// <summary>A request that came in.</summary>
    Server = 2,

    /// <summary>A request that went out.</summary>
    Client = 3,

    /// <summary>A message that was sent.</summary>
    Producer = 4,

    /// <summary>A message that was taken.</summary>
    Consumer = 5,
}
