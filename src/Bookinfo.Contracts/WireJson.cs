using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Bookinfo.Contracts;

/// <summary>
/// Writes the records of the wire contract as JSON. Beside each record that is an answer stands a context of its own for it
/// (source-generated, so that it works under Native AOT): the generator fails on one whose attributes stand in several files
/// (https://github.com/dotnet/runtime/issues/99669).
/// </summary>
public static class WireJson
{
    /// <summary>
    /// Writes every character that JSON allows unescaped, as the originals do: the answers are <c>application/json</c>, never part of a
    /// page. Set on the writer, because a context with options of its own does not use the code that is generated for writing.
    /// </summary>
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _threadWriter;

    /// <summary>Writes a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="output">Where the JSON text goes, in UTF-8.</param>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How it is written: a property of the context that stands beside the type.</param>
    public static void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo)
    {
        var json = _threadWriter ??= new Utf8JsonWriter(output, Writing);
        json.Reset(output);
        JsonSerializer.Serialize(json, value, typeInfo);
        json.Flush();
    }

    /// <summary>Writes JSON piece by piece into a new array.</summary>
    /// <param name="write">Writes the pieces.</param>
    /// <returns>The JSON text in UTF-8.</returns>
    public static byte[] ToBytes(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Writing);
        write(json);
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a value into a new array.</summary>
    /// <inheritdoc cref="Write"/>
    /// <returns>The JSON text in UTF-8.</returns>
    public static byte[] ToBytes<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, value, typeInfo);
        return output.WrittenSpan.ToArray();
    }
}
