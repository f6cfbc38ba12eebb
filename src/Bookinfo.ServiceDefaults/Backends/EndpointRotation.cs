using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>The base addresses of a backend, taken in turn.</summary>
/// <param name="addresses">At least one address.</param>
public sealed class EndpointRotation(params IReadOnlyList<Uri> addresses)
{
    private readonly Endpoint[] _endpoints = [.. addresses.Select(address => new Endpoint(address))];
    private uint _begun;

    /// <summary>How many there are.</summary>
    public int Count => _endpoints.Length;

    /// <summary>Begins a call: each begins one address after the one before. May be called from any thread.</summary>
    /// <returns>The turn of its first try; each further try takes the next one, whatever other calls do in between.</returns>
    public uint Begin() => Interlocked.Increment(ref _begun) - 1;

    /// <summary>Where a try goes: below each address in turn, then below the first again.</summary>
    /// <param name="turn">Its turn.</param>
    /// <param name="path">The path and query below it, beginning with a slash, escaped.</param>
    /// <returns>The full address. The path goes on the wire as it is.</returns>
    public Uri At(uint turn, string path) => _endpoints[(int)(turn % (uint)_endpoints.Length)].At(path);

    private sealed class Endpoint(Uri address)
    {
        private static readonly UriCreationOptions PathIsEscaped = new() { DangerousDisablePathAndQueryCanonicalization = true };

        private readonly string _prefix = PrefixOf(address);

        /// <summary>The page asks for the same product all the time, and taking an address apart costs 0.7 KB.</summary>
        private volatile Target? _last;

        public Uri At(string path)
        {
            if (_last is not { } last || last.Path != path)
            {
                _last = last = new Target(path, new Uri(_prefix + path, PathIsEscaped));
            }

            return last.Address;
        }

        /// <summary>The address without its last slash, and with its zone, which the platform leaves out.</summary>
        private static string PrefixOf(Uri address)
        {
            var text = address.AbsoluteUri.TrimEnd('/');
            return address.DnsSafeHost.Contains('%', StringComparison.Ordinal)
                ? text.Replace(address.Host, $"[{AddressZone.Plain(address.DnsSafeHost)}]", StringComparison.Ordinal)
                : text;
        }

        private sealed record Target(string Path, Uri Address);
    }
}
