using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>Reads and writes baselines.</summary>
public static class BaselineStore
{
    /// <summary>The largest number that a file may contain: seeds have up to 20 digits, measurements fewer.</summary>
    private const double Most = 1e20;

    /// <summary>How much of a file is read: several times what the longest baseline has.</summary>
    private const int MostMebibytes = 128;

    /// <summary>The properties of steps, of the summary and of the setup that are dictionaries.</summary>
    private static readonly string[] Dictionaries = ["latencies", "use", "variables"];

    /// <summary>Writes <c>productpage->details</c> without escapes: no browser ever interprets these files as HTML.</summary>
    private static readonly BaselineJson Json =
        new(new JsonSerializerOptions(BaselineJson.Default.Options!)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new OneLineText() },
        });

    /// <summary>The JSON text of a baseline.</summary>
    /// <param name="baseline">The baseline.</param>
    public static string Write(BaselineFile baseline) => JsonSerializer.Serialize(baseline, Json.BaselineFile) + "\n";

    /// <summary>The JSON text of two systems that were measured in turns.</summary>
    /// <param name="paired">What was measured.</param>
    public static string Write(PairedFile paired) => JsonSerializer.Serialize(paired, Json.PairedFile) + "\n";

    /// <summary>Reads a baseline.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OperationFailedException">
    /// The file is not a baseline that this program can read: the message names the file and says what to do.
    /// </exception>
    public static BaselineFile Read(string path) => Read(
        path, "steps", BaselineFile.CurrentVersion, Json.BaselineFile,
        static json => Has(json, "pairs")
            ? "is of two systems that were measured in turns: compare it alone."
            : "is not a baseline: it has no 'version' and 'steps'. 'bookinfo baseline' creates one.");

    /// <summary>Reads what was measured of two systems in turns.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OperationFailedException">
    /// The file is not of two systems: the message names the file and says what to do.
    /// </exception>
    public static PairedFile ReadPaired(string path)
    {
        var file = Read(
            path, "pairs", PairedFile.CurrentVersion, Json.PairedFile,
            static json => Has(json, "steps")
                ? "is the baseline of one system: name a second one to compare it with."
                : "is not of two systems: it has no 'version' and 'pairs'. 'bookinfo baseline URL-A URL-B' creates such a file.");
        var systems = new[] { file.Before, file.After, file.Control }.OfType<BaselineFile>().ToList();
        foreach (var pair in file.Pairs)
        {
            if ((pair.Control is null) != (file.Control is null)
                || systems.Any(system => system.Steps.Count(step => step.Round == pair.Round && step.Rate == pair.Rate) != 1))
            {
                throw Refuse(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' is a broken baseline: its systems do not each have one step of round {pair.Round} at {pair.Rate}/s."));
            }
        }

        return file;
    }

    private static bool Has(JsonElement json, string property) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(property, out _);

    private static T Read<T>(string path, string content, int current, JsonTypeInfo<T> type, Func<JsonElement, string> describe)
    {
        string text;
        try
        {
            text = InputFile.ReadText(path, MostMebibytes);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refuse($"there is no file '{path}'. 'bookinfo baseline --name NAME' creates NAME.json.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Refuse($"'{path}' cannot be read: {exception.Message}");
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            if (!Has(json.RootElement, content)
                || !json.RootElement.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number
                || !version.TryGetInt32(out var number))
            {
                throw Refuse($"'{path}' {describe(json.RootElement)}");
            }

            if (number != current)
            {
                throw Refuse(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' is a baseline of version {number}; this program knows version {current}. ")
                    + "Measure again, or read it with the program that wrote it.");
            }

            if (HasImpossibleNumber(json.RootElement))
            {
                throw Refuse(string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{path}' is a broken baseline: a number in it is beyond {Most:0E+0}, which cannot be a measurement."));
            }

            if (HasHole(json.RootElement))
            {
                throw Refuse($"'{path}' is a broken baseline: it has a null where a value must be.");
            }

            return json.Deserialize(type) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Refuse($"'{path}' is not a valid baseline: {OneLineText.Of(exception.Message)}");
        }
    }

    /// <summary>
    /// Whether there is a number larger than any measurement. Sums and squares of measurements are finite; those of anything that can be
    /// written in JSON need not be.
    /// </summary>
    private static bool HasImpossibleNumber(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => Math.Abs(element.GetDouble()) > Most,
        JsonValueKind.Object => element.EnumerateObject().Any(static property => HasImpossibleNumber(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasImpossibleNumber),
        _ => false,
    };

    /// <summary>
    /// Whether there is a null in a list or in a dictionary. None is ever written there, and the serializer, which checks which properties
    /// may be null, does not check elements.
    /// </summary>
    private static bool HasHole(JsonElement element, bool isDictionary = false) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Any(property =>
            (isDictionary && property.Value.ValueKind == JsonValueKind.Null)
            || HasHole(property.Value, Dictionaries.Contains(property.Name))),
        JsonValueKind.Array => element.EnumerateArray().Any(static item => item.ValueKind == JsonValueKind.Null || HasHole(item)),
        _ => false,
    };

    private static OperationFailedException Refuse(string message) => new(FailureKind.InvalidRequest, message);
}

/// <summary>How a baseline is serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BaselineFile))]
[JsonSerializable(typeof(PairedFile))]
internal sealed partial class BaselineJson : JsonSerializerContext;

/// <summary>Reads text from a file that may come from a stranger, without the control characters that a terminal would obey.</summary>
internal sealed class OneLineText : JsonConverter<string>
{
    /// <summary>A text without control characters.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? new([.. text.Select(static character => char.IsControl(character) ? '?' : character)]) : text;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? Of(text) : null;

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Of(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}
