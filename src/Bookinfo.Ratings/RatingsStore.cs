using System.Collections.Concurrent;
using Bookinfo.Contracts;

namespace Bookinfo.Ratings;

/// <summary>
/// The ratings that were posted, in memory. What is kept is bounded in number and in size, whatever is posted: beyond
/// <see cref="MostProducts"/> products or <see cref="MostBytes"/> bytes, those that were posted longest ago are forgotten.
/// </summary>
/// <remarks>
/// A product's ratings are kept as the JSON text that they are answered with: so their size is known to the byte, and reading them costs
/// nothing. Safe for use by any number of requests at once; reading takes no lock.
/// </remarks>
public sealed class RatingsStore
{
    /// <summary>The most products whose ratings are kept.</summary>
    public const int MostProducts = 10_000;

    /// <summary>The most bytes of JSON that are kept: 8 MiB.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private static readonly Dictionary<string, int> Standard = new() { ["Reviewer1"] = 5, ["Reviewer2"] = 4 };

    private readonly ConcurrentDictionary<long, LinkedListNode<Posted>> _posted = new();
    private readonly LinkedList<Posted> _oldestFirst = [];
    private readonly Lock _writing = new();
    private int _bytes;

    /// <summary>How many products' ratings are kept now.</summary>
    public int Count => _posted.Count;

    /// <summary>The ratings of a product: what was posted, or else five stars from Reviewer1 and four from Reviewer2.</summary>
    /// <param name="product">The product.</param>
    /// <returns>A <see cref="ProductRatings"/> as JSON in UTF-8.</returns>
    public ReadOnlyMemory<byte> Get(long product) =>
        _posted.TryGetValue(product, out var node) ? node.Value.Json : Serialize(product, Standard);

    /// <summary>Keeps the ratings of a product in place of those that it had.</summary>
    /// <param name="product">The product.</param>
    /// <param name="ratings">Stars by reviewer.</param>
    /// <returns>What <see cref="Get"/> will return.</returns>
    public ReadOnlyMemory<byte> Put(long product, IReadOnlyDictionary<string, int> ratings)
    {
        var json = Serialize(product, ratings);
        lock (_writing)
        {
            if (_posted.TryGetValue(product, out var old))
            {
                Forget(old, replaced: true);
            }

            _posted[product] = _oldestFirst.AddLast(new Posted(product, json));
            _bytes += json.Length;
            while (_oldestFirst.Count > MostProducts || _bytes > MostBytes)
            {
                Forget(_oldestFirst.First!, replaced: false);
            }
        }

        return json;
    }

    private void Forget(LinkedListNode<Posted> node, bool replaced)
    {
        _oldestFirst.Remove(node);
        _bytes -= node.Value.Json.Length;
        if (!replaced)
        {
            _posted.TryRemove(node.Value.Product, out _);
        }
    }

    private static byte[] Serialize(long product, IReadOnlyDictionary<string, int> ratings) =>
        WireJson.ToBytes(new ProductRatings(product, ratings), ProductRatingsJson.Default.ProductRatings);

    private sealed record Posted(long Product, byte[] Json);
}
