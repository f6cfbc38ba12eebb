namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>A call to another service that an answer took, all its tries together.</summary>
public sealed class TimedCall
{
    private (string Service, double Milliseconds)[] _reported = [];

    /// <summary>Notes that a call begins.</summary>
    /// <param name="service">The name of the service that is called.</param>
    /// <param name="start">When it begins, as a timestamp of the clock.</param>
    internal TimedCall(string service, long start) => (Service, Start) = (service, start);

    /// <summary>The name of the service that is called.</summary>
    public string Service { get; }

    /// <summary>When it began, as a timestamp of the clock.</summary>
    public long Start { get; }

    /// <summary>How long it took; <see langword="null"/> for a call that has not ended.</summary>
    public TimeSpan? Elapsed { get; private set; }

    /// <summary>
    /// What the called service reported of calls that it made itself: which service it called, and how long that took, in milliseconds.
    /// When they began, it does not say.
    /// </summary>
    public ReadOnlySpan<(string Service, double Milliseconds)> Reported => _reported;

    /// <summary>Says how long it took.</summary>
    /// <param name="elapsed">How long.</param>
    internal void End(TimeSpan elapsed) => Elapsed = elapsed;

    /// <summary>Says what the service reported of a call that it made itself.</summary>
    /// <param name="service">The name of the service that it called.</param>
    /// <param name="milliseconds">How long that took.</param>
    internal void Report(string service, double milliseconds) => _reported = [.. _reported, (service, milliseconds)];
}
