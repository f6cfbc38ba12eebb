using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>Reads parts of answers that must be texts.</summary>
public static class JsonTexts
{
    /// <summary>The text, which <c>null</c> does not stand for.</summary>
    /// <param name="value">A part of an answer.</param>
    /// <exception cref="JsonException">It is <c>null</c>.</exception>
    public static string GetText(this JsonElement value) =>
        value.GetString() ?? throw new JsonException("a text that it must have is null");
}
