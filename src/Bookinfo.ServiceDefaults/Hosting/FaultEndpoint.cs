using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Faults;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary><c>/faults</c> on the management port: shows, sets and removes the faults of the service.</summary>
/// <param name="board">The faults.</param>
internal sealed class FaultEndpoint(FaultBoard board) : IManagementEndpoint
{
    /// <summary>The most bytes of a request: 256 KiB.</summary>
    public const int LargestBody = 256 * 1024;

    private const string Usage = """the body must be JSON such as {"ttl":"30s","rules":[...]}""";

    /// <inheritdoc/>
    public string Path => FaultRequest.Path;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        var name = context.Request.Path.Value![FaultRequest.Path.Length..].Trim('/');
        return (context.Request.Method, name) switch
        {
            ("GET", "") => AnswerAsync(context),
            ("PUT" or "DELETE", not "") when !FaultRuleReader.IsName(name) => ManagementServer.RefuseAsync(
                context, StatusCodes.Status400BadRequest,
                $"the name of the rules must have 1 to {FaultRuleReader.LongestName} letters, digits, '-', '.' and '_'"),
            ("PUT", not "") => SetAsync(context, name),
            ("DELETE", not "") => board.Remove(name, FaultSource.Management)
                ? AnswerAsync(context)
                : ManagementServer.RefuseAsync(
                    context, StatusCodes.Status404NotFound,
                    $"no rules '{name}' were set here; those of the environment and of a file end where they come from"),
            _ => ManagementServer.RefuseAsync(
                context, StatusCodes.Status405MethodNotAllowed, "use GET /faults, PUT /faults/NAME or DELETE /faults/NAME"),
        };
    }

    private async Task SetAsync(HttpContext context, string name)
    {
        string? problem;
        try
        {
            problem = await TrySetAsync(context, name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a key with half of a surrogate pair.
            problem = Usage;
        }
        catch (InvalidFaultException exception)
        {
            problem = exception.Message;
        }

        await (problem is null ? AnswerAsync(context) : ManagementServer.RefuseAsync(context, StatusCodes.Status400BadRequest, problem));
    }

    /// <returns>What is wrong; <see langword="null"/> when it is set.</returns>
    private async Task<string?> TrySetAsync(HttpContext context, string name)
    {
        // Without records: what reads those would make executables larger by a quarter of a megabyte.
        using var request = await JsonDocument.ParseAsync(
            context.Request.Body, FaultRuleReader.Options, context.RequestAborted);
        if (request.RootElement is not { ValueKind: JsonValueKind.Object } body
            || !body.TryGetProperty("ttl"u8, out var life) || !body.TryGetProperty("rules"u8, out var rules))
        {
            return $"ttl or rules is missing: {Usage}";
        }

        if (life.ValueKind != JsonValueKind.String || !Duration.TryParse(life.GetString(), out var ttl)
            || ttl < FaultRequest.ShortestTtl || ttl > FaultRequest.LongestTtl)
        {
            return "ttl must be a time from 1s to 1h: the rules are removed when they are not set again by then";
        }

        board.Set(name, FaultSource.Management, rules.GetRawText(), FaultRuleReader.Read(rules, "rules"), ttl);
        return null;
    }

    private Task AnswerAsync(HttpContext context) =>
        new JsonAnswer<FaultStatus>(board.Status(), FaultStatusJson.Default.FaultStatus).ExecuteAsync(context);
}
