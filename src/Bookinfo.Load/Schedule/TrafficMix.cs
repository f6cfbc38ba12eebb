namespace Bookinfo.Load;

/// <summary>Which requests are sent, and how often each. Which one an arrival gets depends on the seed and on the arrival alone.</summary>
public sealed class TrafficMix
{
    /// <summary>The most templates that a mix can have: <see cref="Sample.Template"/> has no room for the number of another one.</summary>
    public const int MostTemplates = ushort.MaxValue + 1;

    private readonly double[] _upTo;

    /// <summary>Puts requests together.</summary>
    /// <param name="parts">The templates and their weights, of which only the proportions count.</param>
    /// <param name="answers">How to read what comes back.</param>
    public TrafficMix(IReadOnlyList<(RequestTemplate Template, double Weight)> parts, AnswerModel answers)
    {
        Answers = answers;
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

    /// <summary>How to read what comes back.</summary>
    public AnswerModel Answers { get; }

    /// <summary>The templates.</summary>
    public IReadOnlyList<RequestTemplate> Templates { get; }

    /// <summary>Whether another mix has the same requests in the same order, as far as reports tell them apart.</summary>
    /// <param name="other">The other one.</param>
    public bool SendsTheSame(TrafficMix other) => Templates.Select(What).SequenceEqual(other.Templates.Select(What));

    /// <summary>Chooses the request of an arrival.</summary>
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

    private static (RequestKind Kind, string Method, string Path) What(RequestTemplate template) =>
        (template.Kind, template.Method, template.Path);
}
