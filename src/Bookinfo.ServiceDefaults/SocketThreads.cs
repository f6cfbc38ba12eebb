using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Lets the threads that wait for sockets also do what follows when there is something to read, instead of waking a thread of the pool for it. That is right
/// for services that never make a thread wait; what may keep one busy for longer goes to the pool.
/// </summary>
/// <remarks>
/// The sockets take this from the environment only, when the first of them is made. Who sets the variables has it his way: with <c>0</c> for the first there
/// is the pool.
/// </remarks>
internal static class SocketThreads
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Says so to the sockets of this process, before the server is made.</summary>
    public static void Use() => SetUnlessSet(Inline, "1");

    /// <summary>
    /// Says how many threads there are, before there are sockets: one for every processor; in a service that calls others for every other one, because those
    /// others often run on the same machine, and a thread that finds more to do each time it wakes takes less for each.
    /// </summary>
    /// <param name="callsOthers">Whether the service calls others.</param>
    public static void Limit(bool callsOthers) => SetUnlessSet(
        Count, (callsOthers ? Math.Max(1, Environment.ProcessorCount / 2) : Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture));

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
    public static void Configure(SocketTransportOptions transport) => transport.UnsafePreferInlineScheduling = Environment.GetEnvironmentVariable(Inline) == "1";

    private static void SetUnlessSet(string name, string value) => Environment.SetEnvironmentVariable(name, Environment.GetEnvironmentVariable(name) ?? value);
}
