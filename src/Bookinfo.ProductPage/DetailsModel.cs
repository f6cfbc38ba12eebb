using System.Globalization;
using System.Text;
using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.ProductPage;

/// <summary>The details of a book as the page shows them.</summary>
/// <param name="Values">Labels and values, in the order in which they are shown; empty when there are none.</param>
/// <param name="Error">Why there are none, or <see langword="null"/>.</param>
public sealed record DetailsModel((string Label, string? Value)[] Values, string? Error)
{
    private static readonly (string Key, string Label)[] Shown =
    [
        ("author", "Author"), ("year", "Year"), ("publisher", "Publisher"), ("pages", "Pages"), ("type", "Type"), ("language", "Language"),
        ("ISBN-10", "ISBN-10"), ("ISBN-13", "ISBN-13"),
    ];

    /// <summary>Who wrote the book, or <see langword="null"/> when that is not known.</summary>
    public string? Author => Array.Find(Values, shown => shown.Label == "Author").Value;

    /// <summary>Reads the answer of details.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>What to show.</returns>
    public static DetailsModel From(BackendAnswer answer)
    {
        try
        {
            if (answer.IsOk)
            {
                var json = new Utf8JsonReader(answer.Body.Span);
                return new DetailsModel(Read(ref json), Error: null);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Shown as what it is to a visitor: no details.
            answer.Reject();
        }

        return new DetailsModel([], BackendErrors.Details);
    }

    // By key and not into a record: the original's details-v2 sends its year as text, and leaves out what Google does not know.
    private static (string Label, string? Value)[] Read(ref Utf8JsonReader json)
    {
        var values = new (string Label, string? Value)[Shown.Length];
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("Details are an object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var shown = IndexOf(ref json);
            json.Read();
            if (shown >= 0)
            {
                values[shown] = (Shown[shown].Label, json.TokenType switch
                {
                    JsonTokenType.String => json.GetString(),
                    JsonTokenType.Number when WholeNumber.TryRead(in json, out var number) => number.ToString(CultureInfo.InvariantCulture),
                    JsonTokenType.Number => Encoding.UTF8.GetString(json.ValueSpan),
                    _ => null,
                });
            }

            json.Skip();
        }

        // What stands behind the object is not JSON.
        json.Read();
        return Array.TrueForAll(values, IsKnown) ? values : Array.FindAll(values, IsKnown);
    }

    private static bool IsKnown((string Label, string? Value) shown) => shown.Value is { Length: > 0 };

    private static int IndexOf(ref Utf8JsonReader json)
    {
        for (var i = 0; i < Shown.Length; i++)
        {
            if (json.ValueTextEquals(Shown[i].Key))
            {
                return i;
            }
        }

        return -1;
    }
}
