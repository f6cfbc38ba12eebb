using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>The methods of an endpoint that only reads.</summary>
public static class ReadMethods
{
    /// <summary>GET, and HEAD with it, as RFC 9110 section 9.1 asks of every server.</summary>
    public static string[] GetAndHead { get; } = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Answers all other methods with 405, for endpoints of the platform, which accept any.</summary>
    /// <param name="endpoint">The endpoint.</param>
    public static void ReadOnly(this IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(new HttpMethodMetadata(GetAndHead));
}
