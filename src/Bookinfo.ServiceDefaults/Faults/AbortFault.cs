using Bookinfo.ServiceDefaults.Answers;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Answers with a status and <c>{"error":"..."}</c> instead of handling the request.</summary>
internal sealed class AbortFault : Fault
{
    /// <inheritdoc/>
    public override bool ConcernsRequests => true;

    /// <inheritdoc/>
    public override Task HandleAsync(HttpContext context, RequestDelegate next, ActiveRule rule) =>
        JsonAnswer.Error((int)rule.Rule.Numbers["httpStatus"], rule.Rule.Texts["message"]).ExecuteAsync(context);
}
