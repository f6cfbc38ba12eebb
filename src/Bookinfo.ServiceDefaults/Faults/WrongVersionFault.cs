using Bookinfo.ServiceDefaults.Logging;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Gives another version of the service: in the labels of <c>/metrics</c>, and in the lines of the log on stdout.</summary>
/// <param name="lines">What writes the log.</param>
internal sealed class WrongVersionFault(LineLoggerProvider lines) : MetricsTextFault
{
    private const string Label = "service_version=\"";

    /// <inheritdoc/>
    public override IDisposable Begin(ActiveRule rule)
    {
        var version = rule.Rule.Texts["version"];
        lines.AddVersion(version);
        return new AtEnd(() => lines.RemoveVersion(version));
    }

    /// <inheritdoc/>
    protected override string Rewrite(string sample, IReadOnlyDictionary<string, string> types, ActiveRule rule)
    {
        var start = sample.IndexOf(Label, StringComparison.Ordinal);
        if (start < 0)
        {
            return sample;
        }

        start += Label.Length;
        var end = start;
        while (sample[end] != '"')
        {
            end += sample[end] == '\\' ? 2 : 1;
        }

        var version = rule.Rule.Texts["version"].Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"{sample[..start]}{version}{sample[end..]}";
    }
}
