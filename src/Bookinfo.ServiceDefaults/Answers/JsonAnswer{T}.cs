using System.Text.Json.Serialization.Metadata;
using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Answers;

/// <summary>
/// An answer of the wire contract: a value as JSON, with <c>Content-Type: application/json</c> (no charset, as JSON has none, RFC 8259
/// section 11) and a <c>Content-Length</c>.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
/// <param name="typeInfo">How it is written.</param>
/// <param name="statusCode">The status, 200 when not given.</param>
public sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> typeInfo, int statusCode = StatusCodes.Status200OK)
    : IResult, IStatusCodeHttpResult
{
    /// <summary>The size of the first buffer, in bytes; the usual answers of the contract fit.</summary>
    private const int UsualSize = 1024;

    /// <inheritdoc/>
    public int? StatusCode => statusCode;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var json = new BorrowedBuffer(UsualSize);
        WireJson.Write(json, value, typeInfo);
        await JsonAnswer.WriteAsync(httpContext.Response, statusCode, json.Written);
    }
}
