using System.Net;
using System.Text.Json;

namespace Wire.Tests;

/// <summary>What the checks have in common.</summary>
internal static class WireAssert
{
    /// <summary>The response has this status and is exactly this JSON, keys in this order; white space does not matter.</summary>
    public static async Task IsJsonAsync(HttpStatusCode status, string json, HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((status, Normal(json)), (response.StatusCode, Normal(body)));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Compared as text, so that the order of the keys counts.</summary>
    private static string Normal(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
