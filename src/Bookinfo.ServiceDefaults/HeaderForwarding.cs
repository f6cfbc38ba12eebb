using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults;

/// <summary>Passes headers of the request that is being answered on to the requests that answering it takes.</summary>
/// <remarks>
/// There are two modes. Without tracing all headers of <see cref="ForwardedHeaders"/> go on byte for byte, because then the sidecars of a mesh
/// make the spans, and join them by these headers. With tracing the trace headers belong to our own spans: <see cref="BackendClient"/> writes
/// those of the span that makes the call, in the formats of the request that is being answered.
/// </remarks>
public sealed class HeaderForwarding
{
    private static readonly string[] Impersonal = [.. ForwardedHeaders.All.Except(ForwardedHeaders.Personal)];

    private readonly IReadOnlyList<string> _all;
    private readonly IReadOnlyList<string> _impersonal;

    /// <summary>Makes the forwarding of a mode.</summary>
    /// <param name="tracing">Whether our own spans own the trace headers.</param>
    public HeaderForwarding(bool tracing)
    {
        _all = tracing ? [.. ForwardedHeaders.All.Except(ForwardedHeaders.TraceContext)] : ForwardedHeaders.All;
        _impersonal = tracing ? [.. Impersonal.Except(ForwardedHeaders.TraceContext)] : Impersonal;
    }

    /// <summary>Copies the headers that are present.</summary>
    /// <param name="from">The request that is being answered.</param>
    /// <param name="to">The request to a backend.</param>
    /// <param name="personal">Whether to copy those of <see cref="ForwardedHeaders.Personal"/> as well.</param>
    public void Copy(HttpRequest from, HttpRequestMessage to, bool personal = true)
    {
        foreach (var name in personal ? _all : _impersonal)
        {
            if (from.Headers.TryGetValue(name, out var values))
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
