namespace Bookinfo.Bench;

/// <summary>What was measured.</summary>
internal sealed class Figures
{
    private readonly Dictionary<string, (string Unit, List<double> Values)> _values = [];

    /// <summary>All of it, in the order in which it was first measured.</summary>
    public IReadOnlyList<Series> All => [.. _values.Select(series => new Series(series.Key, series.Value.Unit, series.Value.Values))];

    /// <summary>A figure.</summary>
    /// <param name="name">Its name; it must have been measured.</param>
    public Series this[string name] => new(name, _values[name].Unit, _values[name].Values);

    /// <summary>Whether it was measured.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Notes the ratio of what was measured last of two others.</summary>
    /// <param name="name">What the ratio is called.</param>
    /// <param name="figure">The one.</param>
    /// <param name="of">The other, by which it is divided.</param>
    public void AddRatio(string name, string figure, string of) => Add(name, "", this[figure].Values[^1] / this[of].Values[^1]);

    /// <summary>Notes a value.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="value">The value.</param>
    public void Add(string name, string unit, double value)
    {
        if (!_values.TryGetValue(name, out var series))
        {
            _values.Add(name, series = (unit, []));
        }

        series.Values.Add(value);
    }
}
