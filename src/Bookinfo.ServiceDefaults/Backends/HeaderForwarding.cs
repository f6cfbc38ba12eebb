using System.Collections.Frozen;
using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>Passes headers of the request that is being answered on to the requests that answering it takes.</summary>
/// <remarks>
/// There are two modes. Without tracing all headers of <see cref="ForwardedHeaders"/> go on byte for byte, because then the sidecars of a
/// mesh make the spans, and join them by these headers. With tracing the trace headers belong to our own spans: <see cref="BackendClient"/>
/// writes those of the span that makes the call, in the formats of the request that is being answered.
/// </remarks>
public sealed class HeaderForwarding
{
    private readonly FrozenSet<string> _all;
    private readonly FrozenSet<string> _impersonal;

    /// <summary>Makes the forwarding of a mode.</summary>
    /// <param name="tracing">Whether our own spans own the trace headers.</param>
    public HeaderForwarding(bool tracing)
    {
        var none = Enumerable.Empty<string>();
        _all = ForwardedHeaders.All.Except(tracing ? ForwardedHeaders.TraceContext : none).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _impersonal = _all.Except(ForwardedHeaders.Personal).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Copies the headers that are present.</summary>
    /// <param name="from">The request that is being answered.</param>
    /// <param name="to">The request to a backend.</param>
    /// <param name="personal">Whether to copy those of <see cref="ForwardedHeaders.Personal"/> as well.</param>
    public void Copy(HttpRequest from, HttpRequestMessage to, bool personal = true)
    {
        // Requests have few headers, the list has many.
        var forwarded = personal ? _all : _impersonal;
        foreach (var (name, values) in from.Headers)
        {
            if (forwarded.Contains(name))
            {
                // Without validation: what is a bad user agent or a bad cookie is for the backend to judge.
                if (values is [var single])
                {
                    to.Headers.TryAddWithoutValidation(name, single);
                }
                else
                {
                    to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
                }
            }
        }
    }
}
