using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Backends;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary><c>/weights</c> on the management port: shows and changes what part of the calls each version of a backend gets.</summary>
/// <param name="weights">The weights.</param>
internal sealed class WeightEndpoint(BackendWeights weights) : IManagementEndpoint
{
    private const string Example = """{"reviews":{"v1":80,"v3":20}}""";

    /// <inheritdoc/>
    public string Path => BackendShares.Path;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.Value![BackendShares.Path.Length..] is not ("" or "/"))
        {
            return JsonAnswer.Error(StatusCodes.Status404NotFound).ExecuteAsync(context);
        }

        switch (context.Request.Method)
        {
            case HttpMethodNames.Get:
                return AnswerAsync(context);
            case HttpMethodNames.Put:
                return ChangeAsync(context);
            default:
                context.Response.Headers.Allow = "GET, PUT";
                return JsonAnswer.Error(StatusCodes.Status405MethodNotAllowed, "use GET /weights or PUT /weights").ExecuteAsync(context);
        }
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var problem = await ManagementBody.ApplyAsync(
            context, Example,
            body => Read(body) is { } asked ? () => weights.Change(asked) : () => $"the body must be JSON such as {Example}");
        await (problem is null
            ? AnswerAsync(context)
            : JsonAnswer.Error(StatusCodes.Status400BadRequest, problem).ExecuteAsync(context));
    }

    /// <summary>Reads weights.</summary>
    /// <param name="body">The JSON.</param>
    /// <returns>The weights by service and version; <see langword="null"/> when that is not what it has.</returns>
    private static Dictionary<string, Dictionary<string, int>?>? Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var services = new Dictionary<string, Dictionary<string, int>?>();
        foreach (var service in body.EnumerateObject())
        {
            if (service.Value.ValueKind == JsonValueKind.Null)
            {
                services[service.Name] = null;
                continue;
            }

            if (service.Value.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var versions = services[service.Name] = [];
            foreach (var version in service.Value.EnumerateObject())
            {
                if (version.Value.ValueKind != JsonValueKind.Number)
                {
                    return null;
                }

                // What is beyond 32 bits, or no whole number, is beyond what is allowed as well.
                versions[version.Name] = WholeNumber.TryRead(version.Value, out var weight) ? weight : -1;
            }
        }

        return services;
    }

    private Task AnswerAsync(HttpContext context) => new JsonBytes(WireJson.ToBytes(Write)).ExecuteAsync(context);

    /// <summary>Writes the weights, without records for the same reason as <see cref="FaultStatusWriter"/>.</summary>
    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var service in weights.Read())
        {
            json.WriteStartObject(service.Service);
            for (var index = 0; index < service.Versions.Count; index++)
            {
                json.WriteNumber(service.Versions[index], service.Weights?[index] ?? 1);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
