using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Lets the threads that wait for sockets also do what follows when there is something to read, instead of waking a thread of the pool for
/// it. That is right for services that never block a thread; work that may take longer goes to the pool.
/// </summary>
/// <remarks>
/// .NET's sockets read this setting only from the environment, when the first of them is created, and then have one thread per processor. A
/// value that the user has set wins: <c>0</c> brings back the pool.
/// </remarks>
internal static class SocketThreads
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Sets the variable for this process. Call it before the server is created.</summary>
    public static void Use() => Environment.SetEnvironmentVariable(Inline, Environment.GetEnvironmentVariable(Inline) ?? "1");

    /// <summary>Middleware that continues a request on a thread of the pool.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The part of the pipeline that may take its time.</param>
    public static async Task Leave(HttpContext context, RequestDelegate next)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }

    /// <summary>Makes the server run its work inline too; it would otherwise use a pool of its own.</summary>
    /// <param name="transport">The options of the server's sockets.</param>
    public static void Configure(SocketTransportOptions transport) =>
        transport.UnsafePreferInlineScheduling = Environment.GetEnvironmentVariable(Inline) == "1";
}
