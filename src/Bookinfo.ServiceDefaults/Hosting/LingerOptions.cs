namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>How long to go on reading from a client that was answered before it had sent everything.</summary>
/// <param name="MostBytes">The most bytes that are read and thrown away.</param>
/// <param name="Longest">How long that may take.</param>
/// <param name="LongestPause">How long the client may pause before it is taken to be done.</param>
internal sealed record LingerOptions(long MostBytes, TimeSpan Longest, TimeSpan LongestPause)
{
    /// <summary>
    /// Many times what is accepted, for less time than a connection may wait for its next request: a client that wants to keep connections
    /// busy gains nothing by it.
    /// </summary>
    public static LingerOptions Standard { get; } = new(64 * 1024 * 1024, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
}
