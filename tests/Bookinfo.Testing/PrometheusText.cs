using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bookinfo.Testing;

/// <summary>
/// Reads the text that Prometheus scrapes, in its own format (0.0.4) or in OpenMetrics (1.0.0), and throws for what either forbids: a line
/// that is none, a series that comes twice, a sample before the type of its family, a histogram whose buckets do not add up.
/// </summary>
public static partial class PrometheusText
{
    private static readonly string[] Suffixes = ["", "_total", "_bucket", "_count", "_sum", "_created", "_info"];

    /// <summary>Reads a whole scrape.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>The samples in their order.</returns>
    /// <exception cref="FormatException">The text is not what it should be.</exception>
    public static IReadOnlyList<PrometheusSample> Parse(string text)
    {
        if (!text.EndsWith('\n'))
        {
            throw new FormatException("The last line has no end.");
        }

        var samples = new List<PrometheusSample>();
        var types = new Dictionary<string, string>();
        var series = new HashSet<string>();
        var (family, type) = ("", "");
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                if (line.Split(' ', 4) is ["#", "TYPE", var name, var its])
                {
                    (family, type) = (name, its);
                    if (!types.TryAdd(family, type))
                    {
                        throw new FormatException($"The type of {family} comes twice.");
                    }
                }
                else if (!Comment().IsMatch(line))
                {
                    throw new FormatException($"No comment: {line}");
                }

                continue;
            }

            var sample = ParseSample(line, family, type);
            if (!Suffixes.Any(suffix => sample.Name == family + suffix))
            {
                throw new FormatException($"Below the type of {family} stands {line}");
            }

            if (!series.Add(sample.Series))
            {
                throw new FormatException($"This series comes twice: {sample.Series}");
            }

            samples.Add(sample);
        }

        CheckHistograms(samples);
        return samples;
    }

    private static PrometheusSample ParseSample(string line, string family, string type)
    {
        var match = Sample().Match(line);
        if (!match.Success)
        {
            throw new FormatException($"No sample: {line}");
        }

        return new PrometheusSample(
            match.Groups["name"].Value,
            family,
            type,
            ParseLabels(match.Groups["labels"].Value),
            ParseValue(match.Groups["value"].Value),
            match.Groups["exemplar"].Success ? ParseLabels(match.Groups["exemplar"].Value) : null);
    }

    private static Dictionary<string, string> ParseLabels(string text)
    {
        var labels = new Dictionary<string, string>();
        foreach (Match label in Label().Matches(text))
        {
            if (!labels.TryAdd(label.Groups["name"].Value, Unescape(label.Groups["value"].Value)))
            {
                throw new FormatException($"A label comes twice: {text}");
            }
        }

        return labels;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            plain.Append(text[i] != '\\' ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
        }

        return plain.ToString();
    }

    private static double ParseValue(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static void CheckHistograms(List<PrometheusSample> samples)
    {
        foreach (var histogram in samples
            .Where(sample => sample.Type == "histogram" && sample.Name == sample.Family + "_bucket")
            .GroupBy(sample =>
                (sample with { Name = sample.Family, Labels = sample.Labels.Where(label => label.Key != "le").ToDictionary() }).Series))
        {
            var counts = histogram.Select(bucket => bucket.Value).ToList();
            var first = histogram.First();
            var total = samples.Single(sample => sample.Name == first.Family + "_count"
                && (sample with { Name = first.Family }).Series == histogram.Key);
            if (!counts.SequenceEqual(counts.Order()) || histogram.Last()["le"] != "+Inf" || counts[^1] != total.Value)
            {
                throw new FormatException($"The buckets of {histogram.Key} do not add up.");
            }
        }
    }

    [GeneratedRegex(
        """^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]*( .*)?|UNIT [a-zA-Z_:][a-zA-Z0-9_:]* [a-zA-Z0-9_]+|EOF)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*",?)*)\})? """
        + """(?<value>[^ ]+)( (?<time>[0-9.]+))?( # \{(?<exemplar>[^}]*)\} [^ ]+( [0-9.]+)?)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\["\\n])*)",?""", RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
