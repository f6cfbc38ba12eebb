using System.Net;
using System.Text;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>Answers that must be JSON.</summary>
internal static class AppJson
{
    private const int LongestError = 100;

    /// <summary>Requires an answer to be exactly this JSON, keys in this order; white space does not matter.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="status">Its status.</param>
    /// <param name="json">The JSON.</param>
    public static void IsJson(this AppAnswer answer, HttpStatusCode status, string json)
    {
        var read = answer.HasStatus(status).Json();
        using var wanted = JsonDocument.Parse(json);
        var (expected, seen) = (Normal(wanted.RootElement), Normal(read));
        answer.Is(expected == seen, $"is {answer.Excerpt()} instead of {expected}");
    }

    /// <summary>Requires an answer to be a short error in JSON, in whatever words.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="status">Its status.</param>
    public static void IsError(this AppAnswer answer, HttpStatusCode status)
    {
        var json = answer.HasStatus(status).Json();
        answer.Is(
            json.ValueKind == JsonValueKind.Object
            && json.EnumerateObject().ToList() is [{ Name: "error", Value: { ValueKind: JsonValueKind.String } text }]
            && text.GetString()!.Length is > 0 and <= LongestError,
            $"is {answer.Excerpt()} instead of a short {{\"error\":\"...\"}}");
    }

    /// <summary>Requires an answer to be JSON.</summary>
    /// <param name="answer">The answer.</param>
    public static JsonElement Json(this AppAnswer answer)
    {
        answer.HasType("application/json");
        try
        {
            return JsonElement.Parse(answer.Body);
        }
        catch (JsonException)
        {
            throw answer.Broken($"is not JSON: {answer.Excerpt()}");
        }
    }

    /// <summary>Requires a JSON object to have these keys in this order.</summary>
    /// <param name="answer">The answer that it is in.</param>
    /// <param name="json">The object.</param>
    /// <param name="keys">The keys.</param>
    public static void HasKeys(this AppAnswer answer, JsonElement json, params string[] keys)
    {
        var seen = json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().Select(property => property.Name).ToList() : [];
        answer.Is(
            seen.SequenceEqual(keys),
            $"has {(seen.Count == 0 ? "no keys" : $"the keys {string.Join(", ", seen)}")} instead of {string.Join(", ", keys)}");
    }

    /// <summary>A text without white space between its parts, in which the order of the keys still counts.</summary>
    /// <param name="json">What it is the text of.</param>
    public static string Normal(JsonElement json)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            json.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
