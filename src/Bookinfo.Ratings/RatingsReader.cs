using System.Text.Json;
using Bookinfo.Contracts;

namespace Bookinfo.Ratings;

/// <summary>Reads what is posted to ratings: a JSON object of reviewer name to stars.</summary>
public static class RatingsReader
{
    /// <summary>Reads a body.</summary>
    /// <param name="body">The bytes of the body.</param>
    /// <returns>
    /// Stars by reviewer in the order of the body, a name that comes twice with its last stars; <see langword="null"/> when the body is
    /// not a JSON object, or a value in it is not a <see cref="WholeNumber"/> from 0 to 5.
    /// </returns>
    public static IReadOnlyDictionary<string, int>? Read(ReadOnlySpan<byte> body)
    {
        var ratings = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var reviewer = reader.GetString()!;
                if (!reader.Read() || !WholeNumber.TryRead(in reader, out var stars) || stars is < 0 or > 5)
                {
                    return null;
                }

                ratings[reviewer] = stars;
            }

            // Reading on past the end of the object finds what does not belong there.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? ratings : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is not valid text, with half of a surrogate pair in it.
            return null;
        }
    }
}
