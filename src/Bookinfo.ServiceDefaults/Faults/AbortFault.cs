using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Answers with a status and <c>{"error":"..."}</c> instead of handling the request.</summary>
internal sealed class AbortFault : Fault
{
    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule) =>
        AnswerAsync(context, (int)rule.Rule.Numbers["httpStatus"], rule.Rule.Texts["message"]);

    /// <summary>Answers with an error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="message">The text of the error.</param>
    public static async Task AnswerAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await WholeAnswer.SendAsync(context, WireJson.ToBytes(new ErrorMessage(message), ErrorMessageJson.Default.ErrorMessage));
    }
}
