namespace Bookinfo.Contracts;

/// <summary>A fault that a service can be told to have.</summary>
/// <param name="Name">Its name: the key in a rule, the label <c>fault</c> of the metrics, the span attribute <c>bookinfo.fault</c>.</param>
/// <param name="Scope">What it concerns.</param>
/// <param name="Description">What the service does, as the rest of a sentence that begins with 'it'.</param>
/// <param name="Parameters">What it takes beside how often it happens.</param>
public sealed record FaultKind(string Name, FaultScope Scope, string Description, params IReadOnlyList<FaultParameter> Parameters)
{
    /// <summary>Whether it happens to some of many (requests, spans, lines, scrapes), so that a rule may say how often.</summary>
    public bool HasChance { get; init; } = Scope != FaultScope.Process;

    /// <summary>
    /// Groups of parameters of which a rule has exactly one, whole: the distributions of a delay. Empty when parameters are independent.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> OneOf { get; init; } = [];
}

/// <summary>What a fault concerns.</summary>
public enum FaultScope
{
    /// <summary>Requests to the service: one by one, and those only that a rule matches.</summary>
    Request,

    /// <summary>The process, for as long as a rule is active.</summary>
    Process,

    /// <summary>What the service tells about itself: spans, log lines, metrics.</summary>
    Telemetry,
}

/// <summary>A parameter of a fault.</summary>
/// <param name="Name">Its name in a rule.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Description">What it is.</param>
/// <param name="Least">The least value of a number: seconds for a duration, bytes for a size.</param>
/// <param name="Most">The greatest value of a number.</param>
/// <param name="Default">The value when a rule does not give one, as a rule would write it; <see langword="null"/> when it has to.</param>
public sealed record FaultParameter(
    string Name, FaultValueType Type, string Description, double Least = 0, double Most = 0, string? Default = null)
{
    /// <summary>The words that are allowed, for <see cref="FaultValueType.Word"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>How the value of a parameter is written.</summary>
public enum FaultValueType
{
    /// <summary>A duration such as <c>1.5s</c> or <c>100ms</c>; in seconds when read.</summary>
    Time,

    /// <summary>A number, which may have a fraction.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A size such as <c>512Ki</c> or <c>32Mi</c>; in bytes when read.</summary>
    Bytes,

    /// <summary>One of several words.</summary>
    Word,

    /// <summary>Any text.</summary>
    Text,

    /// <summary><c>true</c> or <c>false</c>; 1 or 0 when read.</summary>
    Flag,
}
