using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults;

/// <summary>The methods of an endpoint that only reads.</summary>
public static class ReadMethods
{
    /// <summary>GET, and HEAD with it, as RFC 9110 section 9.1 asks of every server.</summary>
    public static string[] GetAndHead { get; } = [HttpMethods.Get, HttpMethods.Head];
}
