namespace Bookinfo.Bench;

/// <summary>Tells whoever waits what goes on: a line for each step, on stderr.</summary>
/// <param name="expected">How long all of it takes, about; <see langword="null"/> when only parts of it are measured.</param>
/// <param name="time">The clock.</param>
internal sealed class BenchProgress(TimeSpan? expected, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>Says what is done next.</summary>
    /// <param name="step">What.</param>
    public void Say(string step)
    {
        var passed = time.GetElapsedTime(_began);
        var left = expected is { } all ? $"{(all > passed ? $"{all - passed:mm\\:ss} left" : "nearly done"),-11}  " : "";
        Console.Error.WriteLine($"{passed:mm\\:ss}  {left}{step}");
    }
}
