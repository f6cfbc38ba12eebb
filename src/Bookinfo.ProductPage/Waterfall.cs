using Bookinfo.ServiceDefaults.Telemetry;

namespace Bookinfo.ProductPage;

/// <summary>What an answer took until now, and the calls for it, as bars on a common scale of time.</summary>
/// <param name="timing">The times.</param>
/// <param name="time">Tells the time.</param>
public readonly struct Waterfall(ServerTiming timing, TimeProvider time)
{
    /// <summary>How long the bar of the answer itself is.</summary>
    public const int Length = 1000;

    /// <summary>The shortest bar, which can still be seen.</summary>
    private const int Shortest = 5;

    private readonly TimeSpan _elapsed = time.GetElapsedTime(timing.Start);

    /// <summary>The answer itself.</summary>
    public Bar Whole => new(_elapsed.TotalMilliseconds, 0, Length);

    /// <summary>A call.</summary>
    /// <param name="call">One that has ended.</param>
    public Bar Of(TimedCall call)
    {
        var elapsed = call.Elapsed ?? TimeSpan.Zero;
        var begin = Math.Min(Scale(time.GetElapsedTime(timing.Start, call.Start).TotalMilliseconds), Length - Shortest);
        return new Bar(elapsed.TotalMilliseconds, begin, Math.Clamp(Scale(elapsed.TotalMilliseconds), Shortest, Length - begin));
    }

    /// <summary>
    /// A call that a called service reported. It lies within the bar of that service, whatever it claims, and ends with it: when it began
    /// is not known here, and what a service does after its last call is usually little.
    /// </summary>
    /// <param name="milliseconds">How long it took.</param>
    /// <param name="caller">The bar of the service that reported it.</param>
    public Bar Within(double milliseconds, Bar caller)
    {
        var length = Math.Clamp(Scale(milliseconds), Shortest, caller.Length);
        return new Bar(milliseconds, caller.Begin + caller.Length - length, length);
    }

    private int Scale(double milliseconds) => _elapsed <= TimeSpan.Zero
        ? 0
        : (int)Math.Round(Math.Min(Length, milliseconds / _elapsed.TotalMilliseconds * Length));

    /// <summary>A bar.</summary>
    /// <param name="Milliseconds">How long what it stands for took.</param>
    /// <param name="Begin">Where it begins, from 0 to <see cref="Waterfall.Length"/>.</param>
    /// <param name="Length">How long it is.</param>
    public readonly record struct Bar(double Milliseconds, int Begin, int Length);
}
