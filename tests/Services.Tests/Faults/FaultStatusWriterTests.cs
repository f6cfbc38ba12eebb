using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bookinfo.Contracts;

namespace Services.Tests;

/// <summary>What a service writes by hand is what the serializer would write, so that it is read by that.</summary>
public sealed class FaultStatusWriterTests
{
    [Theory]
    [InlineData(12.5)]
    [InlineData(null)]
    public void A_status_is_written_as_the_serializer_writes_it(double? remaining)
    {
        using var rule = JsonDocument.Parse("""{"hang":{"percentage":5e1},"name":"ä\"b"}""");
        var status = new FaultStatus(
            "ratings", "v1", "pod", new DateTimeOffset(2026, 11, 27, 1, 2, 3, 456, TimeSpan.Zero),
            [
                new FaultSetStatus("mine", "management", remaining,
                    [new FaultRuleStatus("slow", "delay", Active: true, Matched: 10_000_000_000, Injected: 3, Seed: 7, rule.RootElement)]),
                new FaultSetStatus("none", "file", null, []),
            ]);
        // All that is allowed stands unescaped in answers of services.
        var options = new JsonSerializerOptions(FaultJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        Assert.Equal(
            JsonSerializer.Serialize(status, new FaultJson(options).FaultStatus),
            Encoding.UTF8.GetString(WireJson.ToBytes(json => FaultStatusWriter.Write(json, status))));
    }
}
