using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Drops the connection: instead of answering, or when half of the body is sent.</summary>
internal sealed class DisconnectFault : Fault
{
    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <summary>Drops the connection of a request that was not answered. No status was sent; the service's telemetry says 500.</summary>
    /// <param name="context">The request.</param>
    public static void Drop(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        // So that nothing further out describes the error.
        context.Response.ContentLength = 0;
        context.Abort();
    }

    /// <inheritdoc/>
    public override async Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule)
    {
        if (rule.Rule.Texts["when"] == "before")
        {
            Drop(context);
            return;
        }

        var body = await WholeAnswer.TakeAsync(context, next);
        if (body.Length == 0)
        {
            Drop(context);
            return;
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body[..(body.Length / 2)], context.RequestAborted);
        // Then the server closes the connection, in order. Aborted, it would be reset, and the caller would lose what it has not read yet.
        throw new BrokenOffException();
    }
}

/// <summary>An answer is broken off on purpose, in the middle of its body. It is not logged.</summary>
internal sealed class BrokenOffException : Exception;
