using System.Text;

namespace Bookinfo.Verification.Tests;

/// <summary>A span or a log record on its way, by the numbers that the OpenTelemetry protocol 1.x gives to fields.</summary>
/// <param name="resource">The resource that it comes from.</param>
/// <param name="scope">The scope in that.</param>
/// <param name="item">Itself.</param>
/// <param name="traceField">The number of the field with the trace id.</param>
internal sealed class RelayedItem(byte[] resource, byte[] scope, byte[] item, int traceField)
{
    private const int SpanIdField = 2;
    private const int ParentField = 4;
    private const int KindField = 6;
    private const int StartField = 7;
    private const int EndField = 8;
    private const int EventField = 12;
    private const ulong Server = 2;

    private readonly ProtoMessage _message = ProtoMessage.Parse(item);
    private byte[] _resource = resource;

    /// <summary>The trace, in digits.</summary>
    public string TraceId => Convert.ToHexStringLower(_message.All<byte[]>(traceField).FirstOrDefault([]));

    /// <summary>The event of a log record.</summary>
    public string Event => Encoding.UTF8.GetString(_message.All<byte[]>(EventField).FirstOrDefault([]));

    /// <summary>Whether it is the span of a request served.</summary>
    public bool IsServer => _message.All<ulong>(KindField).Contains(Server);

    /// <summary>The service and the version that it comes from.</summary>
    public string Process => $"{Attribute("service.name")} {Attribute("service.version")}";

    /// <summary>A number that is the same for a span wherever it is read: for choosing some of them.</summary>
    public int Number => _message.All<byte[]>(SpanIdField).First()[^1];

    /// <summary>Changes its trace id.</summary>
    public RelayedItem WithTrace(Func<byte[], byte[]> change) => Changed(message => message.Change(traceField, change));

    /// <summary>Puts it below another span.</summary>
    public RelayedItem WithParent(Func<byte[], byte[]> change) => Changed(message => message.Change(ParentField, change));

    /// <summary>Changes when it begins and ends, in nanoseconds.</summary>
    public RelayedItem WithTimes(Func<ulong, ulong> start, Func<ulong, ulong> end) =>
        Changed(message => message.Change(StartField, start).Change(EndField, end));

    /// <summary>Comes from a resource with another value of an attribute.</summary>
    public RelayedItem WithResource(string name, string value)
    {
        var changed = new RelayedItem(_resource, scope, item, traceField);
        changed._resource = ProtoMessage.Parse(_resource).Change<byte[]>(1, attribute =>
            Name(attribute) == name
                ? ProtoMessage.Parse(attribute)
                    .Change<byte[]>(2, _ => ProtoMessage.Create().Add(1, Encoding.UTF8.GetBytes(value)).ToBytes()).ToBytes()
                : attribute).ToBytes();
        return changed;
    }

    /// <summary>The items of an export request, each with where it comes from.</summary>
    /// <param name="request">The request.</param>
    /// <param name="traceField">The number of the field with the trace id.</param>
    public static IEnumerable<RelayedItem> Read(byte[] request, int traceField) =>
        from ofResource in ProtoMessage.Parse(request).All<byte[]>(1).Select(ProtoMessage.Parse)
        from ofScope in ofResource.All<byte[]>(2).Select(ProtoMessage.Parse)
        from one in ofScope.All<byte[]>(2)
        select new RelayedItem(ofResource.All<byte[]>(1).First(), ofScope.All<byte[]>(1).First(), one, traceField);

    /// <summary>An export request.</summary>
    /// <param name="items">What is in it.</param>
    public static byte[] Write(IEnumerable<RelayedItem> items)
    {
        var request = ProtoMessage.Create();
        foreach (var one in items)
        {
            request.Add(1, one.ToBytes());
        }

        return request.ToBytes();
    }

    private RelayedItem Changed(Action<ProtoMessage> change)
    {
        var message = ProtoMessage.Parse(_message.ToBytes());
        change(message);
        return new RelayedItem(_resource, scope, message.ToBytes(), traceField);
    }

    private byte[] ToBytes() => ProtoMessage.Create().Add(1, _resource)
        .Add(2, ProtoMessage.Create().Add(1, scope).Add(2, _message.ToBytes()).ToBytes()).ToBytes();

    private string Attribute(string name) => ProtoMessage.Parse(_resource).All<byte[]>(1).Where(attribute => Name(attribute) == name)
        .Select(attribute => Text(ProtoMessage.Parse(ProtoMessage.Parse(attribute).All<byte[]>(2).First()))).First();

    private static string Name(byte[] attribute) => Text(ProtoMessage.Parse(attribute));

    private static string Text(ProtoMessage message) => Encoding.UTF8.GetString(message.All<byte[]>(1).First());
}
