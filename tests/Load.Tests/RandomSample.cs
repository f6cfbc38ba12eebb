using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>Requests with anything that can be in one, likely or not.</summary>
internal static class RandomSample
{
    /// <summary>Draws a sample.</summary>
    /// <param name="random">Where it comes from.</param>
    public static Sample Next(Random random)
    {
        var due = random.NextInt64(1_000_000_000);
        var sent = due + (long)Math.Exp(random.NextDouble() * 20);
        var sample = new Sample
        {
            Due = due,
            Sent = sent,
            Done = sent + (long)Math.Exp(random.NextDouble() * 26),
            Hops = HopTimes.None,
            Length = random.Next(1000),
            Status = (ushort)random.Next(0, 1000),
            Error = (ErrorKind)random.Next(256),
            Version = (byte)random.Next(256),
            WasAwaited = random.Next(2) == 0,
        };
        sample.Hops[random.Next(BookinfoAnswers.Usual.Hops.Count)] = (uint)random.Next(100_000_000);
        return sample;
    }
}
