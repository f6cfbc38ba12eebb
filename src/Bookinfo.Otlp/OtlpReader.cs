using Google.Protobuf;

namespace Bookinfo.Otlp;

/// <summary>Reads export requests from the wire format, by the numbers that the OpenTelemetry protocol 1.x gives to fields.</summary>
public static class OtlpReader
{
    /// <summary>How deep lists and maps may be in each other. Each level takes from the stack of the thread that reads.</summary>
    private const int DeepestValue = 100;

    private const int IdLength = 8;

    private static readonly Dictionary<string, object> Nothing = [];

    /// <summary>Reads an <c>ExportTraceServiceRequest</c>.</summary>
    public static IEnumerable<OtlpSpan> Spans(byte[] request) => Scoped(request).SelectMany(scoped =>
        scoped.Items.Select(item => Span(item, scoped.Resource, scoped.Scope)));

    /// <summary>Reads an <c>ExportLogsServiceRequest</c>.</summary>
    public static IEnumerable<OtlpLog> Logs(byte[] request) => Scoped(request).SelectMany(scoped =>
        scoped.Items.Select(item => Log(item, scoped.Resource, scoped.Scope)));

    /// <summary>Reads an <c>ExportMetricsServiceRequest</c>.</summary>
    public static IEnumerable<OtlpMetricPoint> Metrics(byte[] request) => Scoped(request).SelectMany(scoped =>
        scoped.Items.SelectMany(item => Metric(item, scoped.Resource, scoped.Scope)));

    /// <summary>
    /// The three kinds of requests are alike: resources (1), in each what it is (1) and scopes (2), in each what it is (1) and the items
    /// (2).
    /// </summary>
    private static List<(IReadOnlyDictionary<string, object> Resource, string Scope, List<byte[]> Items)> Scoped(byte[] request)
    {
        var all = new List<(IReadOnlyDictionary<string, object>, string, List<byte[]>)>();
        foreach (var ofResource in Messages(request, 1))
        {
            var attributes = Messages(ofResource, 1) is [var resource, ..] ? Attributes(resource, field: 1) : Nothing;
            foreach (var ofScope in Messages(ofResource, 2))
            {
                var name = "";
                if (Messages(ofScope, 1) is [var scope, ..])
                {
                    Read(scope, (field, input) => field == 1 && Take(out name, input.ReadString()));
                }

                all.Add((attributes, name, Messages(ofScope, 2)));
            }
        }

        return all;
    }

    private static OtlpSpan Span(byte[] message, IReadOnlyDictionary<string, object> resource, string scope)
    {
        string trace = "", span = "", parent = "", name = "";
        int kind = 0, status = 0;
        ulong start = 0, end = 0;
        Read(message, (field, input) => field switch
        {
            1 => Take(out trace, TraceId(input.ReadBytes())),
            2 => Take(out span, SpanId(input.ReadBytes())),
            4 => Take(out parent, SpanId(input.ReadBytes())),
            5 => Take(out name, input.ReadString()),
            6 => Take(out kind, input.ReadEnum()),
            7 => Take(out start, input.ReadFixed64()),
            8 => Take(out end, input.ReadFixed64()),
            15 => Read(input.ReadBytes().ToByteArray(), (inner, status1) => inner == 3 && Take(out status, status1.ReadEnum())),
            _ => false,
        });
        if (trace.Length == 0 || span.Length == 0)
        {
            throw new InvalidDataException("A span has no id, or no trace.");
        }

        return new OtlpSpan(
            resource, scope, trace, span, parent, (OtlpSpanKind)kind, name, start, end, Attributes(message, field: 9), (OtlpStatus)status);
    }

    private static OtlpLog Log(byte[] message, IReadOnlyDictionary<string, object> resource, string scope)
    {
        string trace = "", span = "", eventName = "";
        ulong time = 0;
        var severity = 0;
        object? body = null;
        Read(message, (field, input) => field switch
        {
            1 => Take(out time, input.ReadFixed64()),
            2 => Take(out severity, input.ReadEnum()),
            5 => Take(out body, Value(input.ReadBytes().ToByteArray(), depth: 0)),
            9 => Take(out trace, TraceId(input.ReadBytes())),
            10 => Take(out span, SpanId(input.ReadBytes())),
            12 => Take(out eventName, input.ReadString()),
            _ => false,
        });
        return new OtlpLog(resource, scope, time, severity, body, eventName, Attributes(message, field: 6), trace, span);
    }

    private static IEnumerable<OtlpMetricPoint> Metric(byte[] message, IReadOnlyDictionary<string, object> resource, string scope)
    {
        string name = "", unit = "";
        List<byte[]> numbers = [], histograms = [];
        Read(message, (field, input) => field switch
        {
            1 => Take(out name, input.ReadString()),
            3 => Take(out unit, input.ReadString()),
            5 or 7 => Take(out numbers, Messages(input.ReadBytes().ToByteArray(), 1)),
            9 => Take(out histograms, Messages(input.ReadBytes().ToByteArray(), 1)),
            _ => false,
        });
        foreach (var point in numbers)
        {
            double value = 0;
            Read(point, (field, input) => field switch
            {
                4 => Take(out value, input.ReadDouble()),
                6 => Take(out value, input.ReadSFixed64()),
                _ => false,
            });
            yield return new OtlpMetricPoint(resource, scope, name, unit, Attributes(point, field: 7), Count: 0, value);
        }

        foreach (var point in histograms)
        {
            ulong count = 0;
            double sum = 0;
            Read(point, (field, input) => field switch
            {
                4 => Take(out count, input.ReadFixed64()),
                5 => Take(out sum, input.ReadDouble()),
                _ => false,
            });
            yield return new OtlpMetricPoint(resource, scope, name, unit, Attributes(point, field: 9), count, sum);
        }
    }

    private static Dictionary<string, object> Attributes(byte[] message, int field, int depth = 0)
    {
        var attributes = new Dictionary<string, object>();
        foreach (var pair in Messages(message, field))
        {
            var key = "";
            object? value = null;
            Read(pair, (inner, input) => inner switch
            {
                1 => Take(out key, input.ReadString()),
                2 => Take(out value, Value(input.ReadBytes().ToByteArray(), depth)),
                _ => false,
            });
            // Throws for a key that comes twice, which the protocol forbids.
            attributes.Add(key, value ?? "");
        }

        return attributes;
    }

    private static object? Value(byte[] message, int depth)
    {
        if (depth > DeepestValue)
        {
            throw new InvalidDataException($"A value is more than {DeepestValue} lists and maps deep.");
        }

        object? value = null;
        Read(message, (field, input) => field switch
        {
            1 => Take(out value, input.ReadString()),
            2 => Take(out value, input.ReadBool()),
            3 => Take(out value, input.ReadInt64()),
            4 => Take(out value, input.ReadDouble()),
            5 => Take(out value, Messages(input.ReadBytes().ToByteArray(), 1).Select(item => Value(item, depth + 1)).ToList()),
            6 => Take(out value, Attributes(input.ReadBytes().ToByteArray(), field: 1, depth + 1)),
            7 => Take(out value, input.ReadBytes().ToByteArray()),
            _ => false,
        });
        return value;
    }

    private static List<byte[]> Messages(byte[] message, int wanted)
    {
        var messages = new List<byte[]>();
        Read(message, (field, input) =>
        {
            if (field != wanted)
            {
                return false;
            }

            messages.Add(input.ReadBytes().ToByteArray());
            return true;
        });
        return messages;
    }

    /// <summary>
    /// Goes through the fields of a message. <paramref name="take"/> says whether it has read one; the others are skipped.
    /// </summary>
    private static bool Read(byte[] message, Func<int, CodedInputStream, bool> take)
    {
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (!take(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }

        return true;
    }

    private static bool Take<T>(out T variable, T value)
    {
        variable = value;
        return true;
    }

    /// <summary>
    /// The id of a trace in hexadecimal digits; empty when there is none. On some ways half of an id is lost, which is for the reader to
    /// tell.
    /// </summary>
    private static string TraceId(ByteString bytes) =>
        bytes.Length == 2 * IdLength ? Convert.ToHexStringLower(bytes.Span) : SpanId(bytes);

    /// <summary>The id of a span in hexadecimal digits; empty when there is none.</summary>
    private static string SpanId(ByteString bytes) => bytes.Length is IdLength or 0
        ? Convert.ToHexStringLower(bytes.Span)
        : throw new InvalidDataException($"An id of {bytes.Length} bytes.");
}
