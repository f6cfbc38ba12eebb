using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>One JSON object a line.</summary>
/// <param name="service">Who writes the log.</param>
internal sealed class JsonLines(ServiceIdentity service) : ILineFormat
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
    private static readonly JsonEncodedText Level = JsonEncodedText.Encode("level");
    private static readonly JsonEncodedText Service = JsonEncodedText.Encode("service");
    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
    private static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
    private static readonly JsonEncodedText Route = JsonEncodedText.Encode("route");
    private static readonly JsonEncodedText ClientAddress = JsonEncodedText.Encode("client_address");
    private static readonly JsonEncodedText UserAgent = JsonEncodedText.Encode("user_agent");
    private static readonly JsonEncodedText RequestId = JsonEncodedText.Encode(RequestRecord.IdKey);
    private static readonly JsonEncodedText TraceId = JsonEncodedText.Encode("trace_id");
    private static readonly JsonEncodedText SpanId = JsonEncodedText.Encode("span_id");

    private readonly JsonEncodedText _name = JsonEncodedText.Encode(PrintableText.Clean(service.Name), Options.Encoder);
    private readonly JsonEncodedText _version = JsonEncodedText.Encode(PrintableText.Clean(service.Version), Options.Encoder);

    [ThreadStatic]
    private static Utf8JsonWriter? _threadWriter;

    /// <inheritdoc/>
    public void Write(ArrayBufferWriter<byte> output, in LogLine line)
    {
        var json = _threadWriter ??= new Utf8JsonWriter(output, Options);
        json.Reset(output);
        json.WriteStartObject();
        // The round-trip format, which is made for speed, has a digit more than microseconds.
        Span<byte> time = stackalloc byte[28];
        line.Time.UtcDateTime.TryFormat(time, out _, "O", CultureInfo.InvariantCulture);
        time[26] = (byte)'Z';
        json.WriteString(Time, time[..27]);
        json.WriteString(Level, line.LevelName);
        json.WriteString(Service, _name);
        json.WriteString(Version, _version);
        json.WriteString(Event, line.Event);
        if (line.Fields is AccessEntry entry)
        {
            // By far the most lines: nothing is boxed, and the message would only say the fields again.
            WriteAccess(json, entry);
        }
        else
        {
            json.WriteString("category", line.Category);
            json.WriteString("message", PrintableText.Clean(line.Message));
            WriteFields(json, line.Fields);
            if (line.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }
        }

        WriteNullable(json, RequestId, line.Request?.Id);
        var position = line.Position;
        WriteNullable(json, TraceId, position?.Trace);
        WriteNullable(json, SpanId, position?.Span);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WriteAccess(Utf8JsonWriter json, AccessEntry entry)
    {
        json.WriteString("method"u8, entry.Method);
        WriteNullable(json, Route, entry.Route);
        json.WriteString("path"u8, entry.Path);
        json.WriteNumber("status"u8, entry.Status);
        json.WriteNumber("duration_ms"u8, entry.DurationMilliseconds);
        json.WriteNumber("bytes"u8, entry.Bytes);
        WriteNullable(json, ClientAddress, entry.ClientAddress);
        WriteNullable(json, UserAgent, entry.UserAgent);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach (var (name, value) in fields)
        {
            // The template of the message, which is always the last.
            if (name == "{OriginalFormat}")
            {
                continue;
            }

            json.WritePropertyName(name);
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case int number: json.WriteNumberValue(number); break;
                case long number: json.WriteNumberValue(number); break;
                case double number when double.IsFinite(number): json.WriteNumberValue(Math.Round(number, 3)); break;
                case bool flag: json.WriteBooleanValue(flag); break;
                default: json.WriteStringValue(PrintableText.Clean(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")); break;
            }
        }
    }

    private static void WriteNullable(Utf8JsonWriter json, JsonEncodedText name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
