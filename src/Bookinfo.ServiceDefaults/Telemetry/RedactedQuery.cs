using System.Text;
using Bookinfo.ServiceDefaults.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>A query with the values taken out of it: they may hold secrets, the names help to find the page.</summary>
internal static class RedactedQuery
{
    /// <summary>Takes them out.</summary>
    /// <param name="query">A query, which begins with a question mark.</param>
    /// <returns>The query without that mark, as <c>u=Redacted</c>.</returns>
    public static string Of(string query)
    {
        var redacted = new StringBuilder();
        foreach (var parameter in query[1..].Split('&').Take(20))
        {
            var end = parameter.IndexOf('=', StringComparison.Ordinal);
            redacted.Append(redacted.Length == 0 ? "" : "&");
            // What has no name of its own may be a value.
            redacted.Append(end < 0 ? "Redacted" : parameter[..end] + "=Redacted");
        }

        return PrintableText.Clean(redacted.ToString(), PrintableText.LongestPath);
    }
}
