using System.Diagnostics;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Does to requests and scrapes what the active rules say. Probes are left alone, but <c>/health</c> of the wire contract fails when
/// a fault says so; for the others, <see cref="FaultReadiness"/> and <see cref="FaultLiveness"/> see to that.
/// </summary>
/// <param name="next">What handles the request.</param>
/// <param name="board">The active rules.</param>
/// <param name="options">Whether spans are marked.</param>
/// <param name="user">Tells who is signed in.</param>
/// <param name="service">The service.</param>
internal sealed class FaultInjection(
    RequestDelegate next, FaultBoard board, FaultOptions options, EndUser user, ServiceDefinition service)
{
    /// <summary>The attribute of a span that says which faults touched it.</summary>
    private const string Attribute = "bookinfo.fault";

    public Task InvokeAsync(HttpContext context)
    {
        if (board.IsIdle)
        {
            return next(context);
        }

        if (RequestTelemetry.IsProbe(context.Request.Path))
        {
            return IsHealth(context) && board.Any(static rule => rule.Fault.FailsHealth(rule))
                ? AnswerNotHealthyAsync(context)
                : next(context);
        }

        return !RequestTelemetry.IsScrape(context.Request.Path) ? HandleAsync(context, board.ForRequests, first: 0, request: true)
            // What only looks like a scrape, such as a POST, gets no metrics, and a fault would take it for one that did.
            : context.GetEndpoint() is RouteEndpoint ? HandleAsync(context, board.ForScrapes, first: 0, request: false)
            : next(context);
    }

    private Task HandleAsync(HttpContext context, ActiveRule[] rules, int first, bool request)
    {
        for (var index = first; index < rules.Length; index++)
        {
            var rule = rules[index];
            if (rule.IsActive && (!request || (rule.Fault.TouchesRequests(rule) && rule.IsAbout(context, user))) && rule.Chooses())
            {
                if (request)
                {
                    Mark(rule);
                }

                var following = index + 1;
                return rule.Fault.HandleAsync(context, context => HandleAsync(context, rules, following, request), rule);
            }
        }

        return next(context);
    }

    /// <summary>Whether a probe, which has been routed, is that of the contract.</summary>
    private static bool IsHealth(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: "/health" };

    /// <summary>Answers <c>/health</c> with 500, as the contract says for ratings.</summary>
    private Task AnswerNotHealthyAsync(HttpContext context)
    {
        var name = char.ToUpperInvariant(service.Name[0]) + service.Name[1..];
        return new JsonAnswer<HealthStatus>(
            new HealthStatus($"{name} is not healthy"),
            HealthStatusJson.Default.HealthStatus,
            StatusCodes.Status500InternalServerError).ExecuteAsync(context);
    }

    private void Mark(ActiveRule rule)
    {
        if (options.MarkSpans && Activity.Current is { IsAllDataRequested: true } span)
        {
            var name = rule.Rule.Kind.Name;
            span.SetTag(Attribute, span.GetTagItem(Attribute) is string others ? $"{others},{name}" : name);
        }
    }
}
