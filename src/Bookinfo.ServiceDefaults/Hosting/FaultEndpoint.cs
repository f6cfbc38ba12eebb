using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary><c>/faults</c> on the management port: shows, sets and removes the faults of the service.</summary>
/// <param name="board">The faults.</param>
/// <param name="service">The service, to whose requests the rules apply.</param>
internal sealed class FaultEndpoint(FaultBoard board, ServiceDefinition service) : IManagementEndpoint
{
    /// <summary>The most bytes of a request: 256 KiB.</summary>
    public const int LargestBody = 256 * 1024;

    private const int LongestName = 100;

    private const string Example = """{"ttl":"30s","rules":[...]}""";

    /// <inheritdoc/>
    public string Path => FaultRequest.Path;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        var name = context.Request.Path.Value![FaultRequest.Path.Length..].Trim('/');
        return (context.Request.Method, name) switch
        {
            (HttpMethodNames.Get, "") => AnswerAsync(context),
            (HttpMethodNames.Put or HttpMethodNames.Delete, not "") when !FaultRuleReader.IsName(name) => RefuseAsync(
                context, StatusCodes.Status400BadRequest,
                $"the name of the rules must have 1 to {FaultRuleReader.LongestName} letters, digits, '-', '.' and '_'"),
            (HttpMethodNames.Put, not "") => SetAsync(context, name),
            (HttpMethodNames.Delete, not "") => board.Remove(name, FaultSource.Management)
                ? AnswerAsync(context)
                : RefuseAsync(
                    context, StatusCodes.Status404NotFound,
                    $"no rules '{name}' were set here; those of the environment and of a file end where they come from"),
            _ => RefuseMethodAsync(context, name.Length == 0 ? "GET" : "PUT, DELETE"),
        };
    }

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return RefuseAsync(
            context, StatusCodes.Status405MethodNotAllowed, "use GET /faults, PUT /faults/NAME or DELETE /faults/NAME");
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        var problem = await ManagementBody.ApplyAsync(context, Example, body => Read(name, body));
        await (problem is null ? AnswerAsync(context) : RefuseAsync(context, StatusCodes.Status400BadRequest, problem));
    }

    /// <summary>Reads rules.</summary>
    /// <returns>The change that sets them, or only says what is wrong with them.</returns>
    private Func<string?> Read(string name, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("ttl"u8, out var life)
            || !body.TryGetProperty("rules"u8, out var list))
        {
            return () => $"ttl or rules is missing: the body must be JSON such as {Example}";
        }

        var names = body.EnumerateObject().Select(static one => one.Name);
        if (names.FirstOrDefault(static name => name is not ("ttl" or "rules")) is { } unknown)
        {
            return () => $"{PrintableText.Clean(unknown, LongestName)} is not known: the body must be JSON such as {Example}";
        }

        if (life.ValueKind != JsonValueKind.String || !Duration.TryParse(life.GetString(), out var ttl)
            || ttl < FaultRequest.ShortestTtl || ttl > FaultRequest.LongestTtl)
        {
            return () => "ttl must be a time from 1s to 1h: the rules are removed when they are not set again by then";
        }

        try
        {
            var rules = FaultRuleReader.Read(list, FaultRuleReader.Root);
            FaultReach.Require(rules, FaultRuleReader.Root, service);
            return () =>
            {
                board.Set(name, FaultSource.Management, rules, ttl);
                return null;
            };
        }
        catch (InvalidFaultException exception)
        {
            return () => exception.Message;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string problem) =>
        JsonAnswer.Error(status, problem).ExecuteAsync(context);

    private Task AnswerAsync(HttpContext context)
    {
        var status = board.Status();
        return new JsonBytes(WireJson.ToBytes(json => FaultStatusWriter.Write(json, status))).ExecuteAsync(context);
    }
}
