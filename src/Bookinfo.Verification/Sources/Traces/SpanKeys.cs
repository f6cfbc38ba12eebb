using System.Collections.Concurrent;
using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>
/// Reads from the attributes of spans what they are about (docs/telemetry.md). Spans that are about the same share one key, because a run
/// has some dozens of kinds and any number of spans. Several threads may read at once.
/// </summary>
/// <param name="attributes">
/// Attributes that are to be remembered of each span, with its name; <see langword="null"/> when neither is.
/// </param>
public sealed class SpanKeys(IReadOnlyCollection<string>? attributes = null)
{
    private static readonly HashSet<string> Services = [.. ServiceCatalog.All.Select(service => service.Name)];

    private readonly ConcurrentDictionary<ICountKey, ICountKey> _keys = [];
    private readonly ConcurrentDictionary<(ICountKey, string, string), ICountKey> _keysOfServices = [];
    private readonly ConcurrentDictionary<string, SpanText> _texts = [];

    /// <summary>What a span is about, as far as its own attributes tell.</summary>
    /// <param name="kind">Whether it is of a request or of a call.</param>
    /// <param name="attribute">Finds an attribute; <see langword="null"/> or empty when the span does not have it.</param>
    /// <returns>A key without a service; <see langword="null"/> for a span that is of neither.</returns>
    public ICountKey? Read(SpanKind kind, Func<string, string?> attribute)
    {
        string Text(string name) => attribute(name) ?? "";
        var (method, status) = (Text("http.request.method"), Text("http.response.status_code"));
        return kind switch
        {
            SpanKind.Server => Shared(new ServedKey("", "", method, Text("http.route"), status)),
            SpanKind.Client => Shared(new TriedKey(
                "", "", Text("service.peer.name") is { Length: > 0 } peer ? peer : Text("peer.service"), method, status,
                Text("error.type"))),
            _ => null,
        };
    }

    /// <summary>What a span is about, with the service that sent it.</summary>
    /// <param name="key">The key without a service.</param>
    /// <param name="service">The service.</param>
    /// <param name="version">Its version.</param>
    /// <returns><see langword="null"/> for a span that is not of Bookinfo.</returns>
    public ICountKey? Of(ICountKey? key, string service, string version)
    {
        // One that has lost the name of its service is not somebody else's.
        if (key is null || (service.Length > 0 && !Services.Contains(service)))
        {
            return null;
        }

        return _keysOfServices.GetOrAdd((key, service, version), static one => one.Item1 is ServedKey served
            ? served with { Service = one.Item2, Version = one.Item3 }
            : ((TriedKey)one.Item1) with { Service = one.Item2, Version = one.Item3 });
    }

    /// <summary>What a span says besides.</summary>
    /// <param name="name">The name of the span.</param>
    /// <param name="attribute">Finds an attribute, as for <see cref="Read"/>.</param>
    /// <returns><see langword="null"/> when that is not to be remembered.</returns>
    public SpanText? Tell(string name, Func<string, string?> attribute)
    {
        if (attributes is null)
        {
            return null;
        }

        var values = attributes.Select(one => KeyValuePair.Create(one, attribute(one))).Where(one => one.Value is not null).ToList();
        return _texts.GetOrAdd(
            string.Join('\n', values.SelectMany(one => new[] { one.Key, one.Value }).Prepend(name)),
            _ => new SpanText(name, values.ToDictionary(one => one.Key, one => one.Value!)));
    }

    /// <summary>The service that a key is of; empty when it is not known.</summary>
    /// <param name="key">The key.</param>
    public static string ServiceOf(ICountKey? key) => key switch
    {
        ServedKey served => served.Service,
        TriedKey tried => tried.Service,
        _ => "",
    };

    private ICountKey Shared(ICountKey key) => _keys.GetOrAdd(key, key);
}

/// <summary>What a span is of.</summary>
public enum SpanKind
{
    /// <summary>Neither of the others.</summary>
    Other,

    /// <summary>A request that a service has served.</summary>
    Server,

    /// <summary>A try of a call to another service.</summary>
    Client,
}
