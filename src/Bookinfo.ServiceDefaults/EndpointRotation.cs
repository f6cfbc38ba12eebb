namespace Bookinfo.ServiceDefaults;

/// <summary>The base addresses of a backend, taken in turn.</summary>
/// <param name="addresses">At least one address.</param>
public sealed class EndpointRotation(IReadOnlyList<Uri> addresses)
{
    private uint _taken;

    /// <summary>The address for the next try of a call. May be called from any thread.</summary>
    /// <returns>The addresses one after the other, then the first again.</returns>
    public Uri Next() => addresses[(int)((Interlocked.Increment(ref _taken) - 1) % (uint)addresses.Count)];
}
