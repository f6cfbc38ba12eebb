using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>
/// Reads spans or log records in the JSON of OTLP one at a time, so that an answer may have any length: what resources send
/// (<c>resourceSpans</c>, <c>resourceLogs</c>), in each the resource and its items.
/// </summary>
/// <typeparam name="T">What is kept of an item.</typeparam>
/// <param name="items">The name of the list of items: <c>spans</c> or <c>logRecords</c>.</param>
/// <param name="read">Reads an item.</param>
internal sealed class OtlpJson<T>(string items, Func<JsonElement, T> read)
{
    private const string ResourceName = "resource";

    /// <summary>Far more bytes than a span or a log record has. An item is read when all of it has come.</summary>
    private const int LongestItem = 16 * 1024 * 1024;

    private readonly Stack<string> _path = new(["", ""]);
    private List<T> _items = [];
    private OtlpResource _resource;
    private string? _property;
    private JsonReaderState _state;

    /// <summary>Reads an answer.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Each resource with its items, whichever of them comes first.</returns>
    /// <exception cref="JsonException">The answer is something else, or not whole.</exception>
    public async IAsyncEnumerable<(OtlpResource Resource, List<T> Items)> ReadAsync(
        Stream json, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(json, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var done = new Queue<(OtlpResource, List<T>)>();
        for (var isLast = false; !isLast;)
        {
            var part = await pipe.ReadAsync(cancellationToken);
            isLast = part.IsCompleted;
            var reached = Advance(part.Buffer, isLast, done);
            if (part.Buffer.Slice(reached).Length > LongestItem)
            {
                throw new JsonException($"one of its {items} is too long");
            }

            pipe.AdvanceTo(reached, part.Buffer.End);
            while (done.TryDequeue(out var resource))
            {
                yield return resource;
            }
        }
    }

    /// <summary>Goes as far as the bytes that have come allow.</summary>
    private SequencePosition Advance(ReadOnlySequence<byte> bytes, bool isLast, Queue<(OtlpResource, List<T>)> done)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (true)
        {
            var before = reader;
            if (!reader.Read())
            {
                break;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    _property = reader.GetString();
                    break;
                case JsonTokenType.StartObject when (_property ?? _path.Peek()) is var name && (name == items || name == ResourceName):
                    if (!JsonDocument.TryParseValue(ref reader, out var value))
                    {
                        // More of it must come first; then it is read from its beginning.
                        reader = before;
                        _state = reader.CurrentState;
                        return reader.Position;
                    }

                    using (value)
                    {
                        Take(name, value.RootElement);
                    }

                    _property = null;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    _path.Push(_property ?? _path.Peek());
                    _property = null;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    if (_path.Pop().StartsWith(ResourceName, StringComparison.Ordinal) && reader.TokenType == JsonTokenType.EndObject)
                    {
                        done.Enqueue((_resource, _items));
                        (_resource, _items) = (default, []);
                    }

                    break;
                default:
                    _property = null;
                    break;
            }
        }

        _state = reader.CurrentState;
        return reader.Position;
    }

    private void Take(string name, JsonElement value)
    {
        if (name == items)
        {
            _items.Add(read(value));
        }
        else
        {
            _resource = OtlpResource.Read(value);
        }
    }
}

/// <summary>Who has sent something.</summary>
/// <param name="Service">The service.</param>
/// <param name="Version">Its version.</param>
internal readonly record struct OtlpResource(string Service, string Version)
{
    /// <summary>The resource that attributes tell of.</summary>
    /// <param name="resource">What has its attributes.</param>
    public static OtlpResource Read(JsonElement resource) => new(
        OtlpAttributes.Find(resource, "service.name") ?? "", OtlpAttributes.Find(resource, "service.version") ?? "");
}

/// <summary>Reads attributes in the JSON of OTLP.</summary>
internal static class OtlpAttributes
{
    /// <summary>The value of an attribute as text; <see langword="null"/> when it is not there.</summary>
    /// <param name="owner">What has <c>attributes</c>.</param>
    /// <param name="name">The name of the attribute.</param>
    public static string? Find(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty("attributes", out var attributes) || attributes.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var attribute in attributes.EnumerateArray())
        {
            if (attribute.GetProperty("key").ValueEquals(name))
            {
                // A value says its kind by its name: stringValue, intValue (a text as well) and so on.
                foreach (var value in attribute.GetProperty("value").EnumerateObject())
                {
                    return value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : value.Value.GetRawText();
                }
            }
        }

        return null;
    }
}
