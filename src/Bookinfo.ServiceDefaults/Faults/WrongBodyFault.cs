using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Sends another body with the same status and headers.</summary>
internal sealed class WrongBodyFault : BodyFault
{
    /// <inheritdoc/>
    protected override async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, ActiveRule rule)
    {
        var other = Encoding.UTF8.GetBytes(rule.Rule.Texts["body"]);
        context.Response.ContentLength = other.Length;
        await context.Response.Body.WriteAsync(other, context.RequestAborted);
    }
}
