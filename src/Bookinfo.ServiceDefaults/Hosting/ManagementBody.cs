using System.Text.Json;
using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>Reads the JSON that is sent to the management port.</summary>
internal static class ManagementBody
{
    /// <summary>Does what the body of a request asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="example">What a body may look like.</param>
    /// <param name="read">
    /// Reads the body and returns the change that it asks for. Making the change returns <see langword="null"/>; or what is wrong with the
    /// body, and then nothing has changed.
    /// </param>
    /// <returns>What is wrong with the body; <see langword="null"/> when it is done.</returns>
    /// <exception cref="BadHttpRequestException">The body cannot be read.</exception>
    public static async Task<string?> ApplyAsync(HttpContext context, string example, Func<JsonElement, Func<string?>> read)
    {
        Func<string?> apply;
        try
        {
            // Without records: what reads those would make executables larger.
            using var body = await JsonDocument.ParseAsync(context.Request.Body, FaultRuleReader.Options, context.RequestAborted);
            apply = read(body.RootElement);
        }
        catch (JsonException)
        {
            return $"the body must be JSON such as {example}, in which no key comes twice";
        }
        catch (InvalidOperationException)
        {
            // JsonElement checks a text only when it is read.
            return "the body must be valid text: half of a surrogate pair, or a byte that is not UTF-8, is in it";
        }

        return apply();
    }
}
