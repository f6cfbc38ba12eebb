using Bookinfo.Otlp;

namespace Telemetry.Tests;

/// <summary>A span and those below it.</summary>
/// <param name="Span">The span.</param>
/// <param name="Children">The trees below it.</param>
internal sealed record Tree(OtlpSpan Span, IReadOnlyList<Tree> Children)
{
    /// <summary>Puts the spans of a trace together.</summary>
    /// <param name="spans">All spans with one trace id.</param>
    /// <param name="parent">The id of the span that the root must be a child of; empty for none.</param>
    /// <returns>The tree; <see langword="null"/> while there is no root, or more than one, or a span that belongs nowhere.</returns>
    public static Tree? Build(IReadOnlyCollection<OtlpSpan> spans, string parent)
    {
        Assert.Equal(spans.Count, spans.Select(span => span.SpanId).Distinct().Count());
        var below = spans.ToLookup(span => span.ParentId);
        if (below[parent].Count() != 1)
        {
            return null;
        }

        var tree = Grow(below[parent].Single());
        return tree.Count == spans.Count ? tree : null;

        Tree Grow(OtlpSpan span) => new(span, [.. below[span.SpanId].Select(Grow)]);
    }

    /// <summary>How many spans it has.</summary>
    public int Count => 1 + Children.Sum(child => child.Count);

    /// <summary>It, and all trees within it.</summary>
    public IEnumerable<Tree> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>Who did what because of whom, the children in the order of their names.</summary>
    public override string ToString() =>
        $"{Span.Service} {Span.Resource["service.version"]} {Span.Kind} {Span.Name}"
        + (Children.Count == 0 ? "" : $"({string.Join(", ", Children.Select(child => child.ToString()).Order(StringComparer.Ordinal))})");
}
