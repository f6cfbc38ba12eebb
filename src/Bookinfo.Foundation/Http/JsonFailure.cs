using System.Globalization;
using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>Says what is wrong with JSON.</summary>
public static class JsonFailure
{
    /// <summary>What is wrong, without a full stop. The library's messages name .NET types, and count lines from 0.</summary>
    /// <param name="exception">What came of reading it, from the library, or with a message of our own.</param>
    public static string Describe(JsonException exception)
    {
        if (exception.LineNumber is not { } before || !exception.Message.Contains("LineNumber: ", StringComparison.Ordinal))
        {
            return exception.Message.TrimEnd('.');
        }

        // Only what cannot be read at all has an exception of the reader within.
        return exception.Path is null or "$" || exception.InnerException is JsonException
            ? string.Create(CultureInfo.InvariantCulture, $"line {before + 1} is not the JSON that it must be")
            : string.Create(CultureInfo.InvariantCulture, $"line {before + 1} has something else at {exception.Path} than it must have");
    }
}
