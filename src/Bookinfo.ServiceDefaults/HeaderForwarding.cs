using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults;

/// <summary>Passes headers of the request that is being answered on to the requests that answering it takes.</summary>
public static class HeaderForwarding
{
    /// <summary>Copies the headers of <see cref="ForwardedHeaders"/> that are present, byte for byte.</summary>
    /// <param name="from">The request that is being answered.</param>
    /// <param name="to">The request to a backend.</param>
    /// <param name="personal">Whether to copy those of <see cref="ForwardedHeaders.Personal"/> as well.</param>
    public static void Copy(HttpRequest from, HttpRequestMessage to, bool personal = true)
    {
        foreach (var name in personal ? ForwardedHeaders.All : Impersonal)
        {
            if (from.Headers.TryGetValue(name, out var values))
            {
                // Without validation: what is a bad user agent or a bad cookie is for the backend to judge.
                to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    private static readonly string[] Impersonal = [.. ForwardedHeaders.All.Except(ForwardedHeaders.Personal)];
}
