using System.Text.Json;
using Bookinfo.ServiceDefaults;

namespace Bookinfo.ProductPage;

/// <summary>The details of a book as the page shows them.</summary>
/// <param name="Values">Labels and values, in the order in which they are shown; empty when there are none.</param>
/// <param name="Error">Why there are none, or <see langword="null"/>.</param>
public sealed record DetailsModel(IReadOnlyList<(string Label, string Value)> Values, string? Error)
{
    private static readonly (string Key, string Label)[] Shown =
    [
        ("author", "Author"), ("year", "Year"), ("publisher", "Publisher"), ("pages", "Pages"), ("type", "Type"), ("language", "Language"),
        ("ISBN-10", "ISBN-10"), ("ISBN-13", "ISBN-13"),
    ];

    /// <summary>Who wrote the book, or <see langword="null"/> when that is not known.</summary>
    public string? Author => Values.FirstOrDefault(shown => shown.Label == "Author").Value;

    /// <summary>Reads the answer of details.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>What to show.</returns>
    public static DetailsModel From(BackendAnswer answer)
    {
        try
        {
            if (answer.IsOk)
            {
                using var json = JsonDocument.Parse(answer.Body);
                if (json.RootElement.ValueKind == JsonValueKind.Object)
                {
                    var values = new List<(string, string)>(Shown.Length);
                    foreach (var (key, label) in Shown)
                    {
                        if (TextOf(json.RootElement, key) is { Length: > 0 } text)
                        {
                            values.Add((label, text));
                        }
                    }

                    return new DetailsModel(values, null);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Shown as what it is to a visitor: no details.
        }

        return new DetailsModel([], BackendErrors.Details);
    }

    // By key and not into a record: the original's details-v2 sends its year as text, and leaves out what Google does not know.
    private static string TextOf(JsonElement details, string key) => details.TryGetProperty(key, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        }
        : "";
}
