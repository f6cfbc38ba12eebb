namespace Bookinfo.Foundation;

/// <summary>Tells this machine from others.</summary>
public static class Loopback
{
    private const string Name = "localhost";

    /// <summary>
    /// Whether an address leads to this machine: as <see cref="Uri.IsLoopback"/> has it, and also by <c>localhost.</c> and the names below
    /// localhost (RFC 6761 section 6.3), which that does not know.
    /// </summary>
    /// <param name="address">The address.</param>
    public static bool Is(Uri address)
    {
        var name = address.Host.EndsWith('.') ? address.Host[..^1] : address.Host;
        return address.IsLoopback
            || name.Equals(Name, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith($".{Name}", StringComparison.OrdinalIgnoreCase);
    }
}
