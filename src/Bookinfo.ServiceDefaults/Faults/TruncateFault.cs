using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Sends only the first part of the body, as if that were all: the answer is whole as HTTP, and its content is not.</summary>
internal sealed class TruncateFault : BodyFault
{
    /// <inheritdoc/>
    protected override async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, ActiveRule rule)
    {
        var kept = (int)(body.Length * rule.Rule.Numbers["keep"] / 100);
        context.Response.ContentLength = kept;
        await context.Response.Body.WriteAsync(body[..kept], context.RequestAborted);
    }
}
