using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bookinfo.Cli.Compare;

/// <summary>How <c>compare --output json</c> writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJson : JsonSerializerContext
{
    /// <summary>Writes a comparison, and <c>productpage->details</c> in it as it is: no browser ever takes it for a page.</summary>
    /// <param name="report">The comparison.</param>
    public static string Write(ComparisonReport report)
    {
        var json = new ComparisonJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        return JsonSerializer.Serialize(report, json.ComparisonReport);
    }
}
