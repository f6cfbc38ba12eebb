namespace Bookinfo.Ratings;

/// <summary>Random choices that several requests may ask for at once, and that a seed makes repeatable.</summary>
/// <param name="seed">What the choices start from, or <see langword="null"/> for other ones each time.</param>
public sealed class Chance(int? seed)
{
    private readonly Random _random = new(seed ?? Guid.NewGuid().GetHashCode());
    private readonly Lock _lock = new();

    /// <summary>Tosses a coin.</summary>
    /// <returns><see langword="true"/> half of the time.</returns>
    public bool Half()
    {
        lock (_lock)
        {
            return _random.Next(2) == 0;
        }
    }
}
