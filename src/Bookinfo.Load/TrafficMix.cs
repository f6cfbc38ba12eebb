namespace Bookinfo.Load;

/// <summary>Which requests are sent, and how often each. Which one an arrival gets depends on the seed and on the arrival alone.</summary>
internal sealed class TrafficMix
{
    private readonly double[] _upTo;

    /// <summary>Makes one.</summary>
    /// <param name="parts">The templates and their weights, of which only the proportions count.</param>
    public TrafficMix(IReadOnlyList<(RequestTemplate Template, double Weight)> parts)
    {
        Templates = [.. parts.Select(part => part.Template)];
        _upTo = new double[parts.Count];
        var total = parts.Sum(part => part.Weight);
        double sum = 0;
        for (var index = 0; index < parts.Count; index++)
        {
            _upTo[index] = (sum += parts[index].Weight) / total;
        }

        // Whatever the roundings made of it.
        _upTo[^1] = 1;
    }

    /// <summary>The templates.</summary>
    public IReadOnlyList<RequestTemplate> Templates { get; }

    /// <summary>Chooses.</summary>
    /// <param name="random">The numbers of the run.</param>
    /// <param name="index">The number of the arrival.</param>
    /// <returns>The index of the template.</returns>
    public int Choose(IndexedRandom random, long index)
    {
        if (_upTo.Length == 1)
        {
            return 0;
        }

        var fraction = random.Fraction(RandomStream.Choice, index);
        var chosen = 0;
        while (fraction >= _upTo[chosen])
        {
            chosen++;
        }

        return chosen;
    }
}
