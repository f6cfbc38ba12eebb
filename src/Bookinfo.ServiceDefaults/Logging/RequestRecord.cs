using System.Collections;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// What is known of a request while it is answered; it is kept with the request's other features. Whoever writes to the log on behalf of a
/// request opens a scope with it: it adds the request id to the record, and lines on stdout find the caller's position in a trace in it.
/// </summary>
/// <param name="id">The <c>x-request-id</c>.</param>
/// <param name="caller">The caller's position in a trace.</param>
/// <param name="start">When the request came, as a timestamp of the clock.</param>
internal sealed class RequestRecord(string id, ActivityContext caller, long start) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The key of <see cref="Id"/> in the log.</summary>
    public const string IdKey = "x_request_id";

    /// <summary>The <c>x-request-id</c>, fit for a log: the caller's own, or one made for a request that brought none.</summary>
    public string Id => id;

    /// <summary>The caller's position in a trace; the default value when there is none.</summary>
    public ActivityContext Caller => caller;

    /// <summary>Whether there is no room for it, so that it is answered with 503.</summary>
    public bool IsRefused { get; set; }

    /// <summary>When the request came, as a timestamp of the clock.</summary>
    public long Start => start;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] =>
        index == 0 ? new(IdKey, id) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The record of a request.</summary>
    /// <param name="context">The request.</param>
    public static RequestRecord Of(HttpContext context) => context.Features.GetRequiredFeature<RequestRecord>();

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"{IdKey}:{id}";
}
