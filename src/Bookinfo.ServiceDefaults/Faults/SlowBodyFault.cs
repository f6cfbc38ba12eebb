using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Sends the body in ten parts, evenly over a time; the rest at once when the rule ends.</summary>
internal sealed class SlowBodyFault(TimeProvider time) : BodyFault
{
    private const int Parts = 10;

    /// <inheritdoc/>
    protected override async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, ActiveRule rule)
    {
        context.Response.ContentLength = body.Length;
        var pause = rule.Rule.Duration("duration") / (Parts - 1);
        for (var part = 0; part < Parts; part++)
        {
            if (part > 0)
            {
                await DelayFault.WaitAsync(pause, time, context, rule);
            }

            var from = body.Length * part / Parts;
            await context.Response.Body.WriteAsync(body[from..(body.Length * (part + 1) / Parts)], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
