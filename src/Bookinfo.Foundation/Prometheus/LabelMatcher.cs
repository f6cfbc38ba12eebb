namespace Bookinfo.Foundation;

/// <summary>Writes a condition on a label, as PromQL and Alertmanager have it.</summary>
public static class LabelMatcher
{
    /// <summary>The label must have this value.</summary>
    /// <param name="name">The label.</param>
    /// <param name="value">The value.</param>
    public static string Equal(string name, string value) => $"{name}=\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}
