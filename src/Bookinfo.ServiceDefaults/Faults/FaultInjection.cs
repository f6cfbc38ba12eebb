using System.Diagnostics;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>
/// Does to requests and scrapes what the active rules say. Probes are left alone, except for what <see cref="ProbeFault"/> is about.
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
            return ProbeFault.FailsHealth(board, context) ? ProbeFault.AnswerAsync(context, service) : next(context);
        }

        return RequestTelemetry.IsScrape(context.Request.Path)
            ? HandleAsync(context, board.ForScrapes, first: 0, request: false)
            : HandleAsync(context, board.ForRequests, first: 0, request: true);
    }

    private Task HandleAsync(HttpContext context, ActiveRule[] rules, int first, bool request)
    {
        for (var index = first; index < rules.Length; index++)
        {
            var rule = rules[index];
            if (rule.IsActive && (!request || rule.IsAbout(context, user)) && rule.Chooses())
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

    private void Mark(ActiveRule rule)
    {
        if (options.MarkSpans && Activity.Current is { IsAllDataRequested: true } span)
        {
            var name = rule.Rule.Kind.Name;
            span.SetTag(Attribute, span.GetTagItem(Attribute) is string others ? $"{others},{name}" : name);
        }
    }
}
