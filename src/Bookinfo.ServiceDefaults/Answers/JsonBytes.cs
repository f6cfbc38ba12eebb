using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Answers;

/// <summary>An answer of the wire contract that is already serialized.</summary>
/// <param name="json">The JSON text in UTF-8.</param>
/// <param name="statusCode">The status, 200 when not given.</param>
public sealed class JsonBytes(ReadOnlyMemory<byte> json, int statusCode = StatusCodes.Status200OK) : IResult, IStatusCodeHttpResult
{
    /// <inheritdoc/>
    public int? StatusCode => statusCode;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext.Response, statusCode, json);
}
