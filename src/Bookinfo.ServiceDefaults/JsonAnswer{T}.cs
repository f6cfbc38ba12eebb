using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// An answer of the wire contract: a value as JSON, with <c>Content-Type: application/json</c> (no charset, as JSON has none, RFC 8259
/// section 11) and a <c>Content-Length</c>.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
/// <param name="typeInfo">How it is written.</param>
/// <param name="statusCode">The status, 200 when not given.</param>
public sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> typeInfo, int statusCode = StatusCodes.Status200OK) : IResult, IStatusCodeHttpResult
{
    /// <inheritdoc/>
    public int? StatusCode => statusCode;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonAnswer.WriteAsync(httpContext.Response, statusCode, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));
}
