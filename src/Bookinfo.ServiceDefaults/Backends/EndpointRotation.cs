using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>The base addresses of a backend, taken in turn, or each as often as its weight says.</summary>
/// <param name="addresses">At least one address.</param>
public sealed class EndpointRotation(params IReadOnlyList<Uri> addresses)
{
    private readonly Endpoint[] _endpoints = [.. addresses.Select(address => new Endpoint(address))];
    private uint _begun;

    /// <summary>Which address each turn of a round goes to; <see langword="null"/> to take all in turn.</summary>
    private volatile int[]? _round;

    /// <summary>How many there are.</summary>
    public int Count => _endpoints.Length;

    /// <summary>Whether all are on this machine, to which no proxy leads back.</summary>
    public bool IsOnThisMachine { get; } = addresses.All(static address => address.IsLoopback);

    /// <summary>Begins a call: each begins one address after the one before. May be called from any thread.</summary>
    /// <returns>The turn of its first try; each further try takes the next one, whatever other calls do in between.</returns>
    public uint Begin() => Interlocked.Increment(ref _begun) - 1;

    /// <summary>Where a try goes: below each address in turn, then below the first again.</summary>
    /// <param name="turn">Its turn.</param>
    /// <param name="path">The path and query below it, beginning with a slash, escaped.</param>
    /// <returns>The full address. The path goes on the wire as it is.</returns>
    public Uri At(uint turn, string path) => _endpoints[_round is { } round
        ? round[(int)(turn % (uint)round.Length)]
        : (int)(turn % (uint)_endpoints.Length)].At(path);

    /// <summary>
    /// Changes how often each address is taken. The shares are exact, not by chance: of as many turns as the weights are together (divided
    /// by what they have in common), each address gets its weight, as evenly spread as can be.
    /// </summary>
    /// <param name="weights">
    /// A weight for each address, 0 or more, at least one above 0; <see langword="null"/> to take all in turn.
    /// </param>
    public void Weigh(IReadOnlyList<int>? weights) => _round = weights is null ? null : Spread(weights);

    /// <summary>Smooth weighted round robin, as nginx has it: in each turn the one that is farthest behind its share.</summary>
    private static int[] Spread(IReadOnlyList<int> weights)
    {
        var common = weights.Aggregate(0, CommonDivisor);
        var round = new int[weights.Sum() / common];
        var behind = new int[weights.Count];
        for (var turn = 0; turn < round.Length; turn++)
        {
            var next = 0;
            for (var index = 0; index < behind.Length; index++)
            {
                behind[index] += weights[index] / common;
                next = behind[index] > behind[next] ? index : next;
            }

            behind[next] -= round.Length;
            round[turn] = next;
        }

        return round;
    }

    /// <summary>The greatest number that divides both, by Euclid's algorithm; the other one when one is 0.</summary>
    private static int CommonDivisor(int one, int other)
    {
        while (other != 0)
        {
            (one, other) = (other, one % other);
        }

        return one;
    }

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
