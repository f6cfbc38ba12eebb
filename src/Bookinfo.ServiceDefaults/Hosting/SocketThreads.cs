using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Lets the threads that wait for sockets also do what follows when there is something to read, instead of waking a thread of the pool for
/// it. That is right for services that never make a thread wait; what may keep one busy for longer goes to the pool.
/// </summary>
/// <remarks>
/// The sockets take this from the environment only, when the first of them is made, and then have a thread for each processor. Who sets the
/// variable has it his way: with <c>0</c> there is the pool.
/// </remarks>
internal static class SocketThreads
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Says so to the sockets of this process, before the server is made.</summary>
    public static void Use() => Environment.SetEnvironmentVariable(Inline, Environment.GetEnvironmentVariable(Inline) ?? "1");

    /// <summary>Middleware that goes on with a request on a thread of the pool.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What may take its time.</param>
    public static async Task Leave(HttpContext context, RequestDelegate next)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }

    /// <summary>Says so to the server, which has a pool of its own otherwise.</summary>
    /// <param name="transport">The options of the server's sockets.</param>
    public static void Configure(SocketTransportOptions transport) =>
        transport.UnsafePreferInlineScheduling = Environment.GetEnvironmentVariable(Inline) == "1";
}
