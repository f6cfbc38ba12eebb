using Bookinfo.Contracts;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Answers;

/// <summary>Makes and writes JSON answers: those of the wire contract and those of the management port.</summary>
public static class JsonAnswer
{
    /// <summary>The content type of every JSON answer.</summary>
    public const string ContentType = "application/json";

    /// <summary>An error answer: <c>{"error":"..."}</c>.</summary>
    /// <param name="statusCode">The status.</param>
    /// <param name="message">The message; that of <see cref="ErrorText"/> when there is nothing more to say.</param>
    /// <returns>The answer.</returns>
    public static JsonAnswer<ErrorMessage> Error(int statusCode, string? message = null) =>
        new(new ErrorMessage(message ?? ErrorText.Of(statusCode)), ErrorMessageJson.Default.ErrorMessage, statusCode);

    /// <summary>The body of an error answer, for those who keep it or write it themselves.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The JSON text in UTF-8.</returns>
    public static byte[] ErrorBody(string message) =>
        WireJson.ToBytes(new ErrorMessage(message), ErrorMessageJson.Default.ErrorMessage);

    /// <summary>Writes JSON that is already serialized.</summary>
    /// <param name="response">The response, not yet started.</param>
    /// <param name="statusCode">The status.</param>
    /// <param name="json">The JSON text in UTF-8.</param>
    /// <returns>A task that ends when the bytes are handed to the connection.</returns>
    public static Task WriteAsync(HttpResponse response, int statusCode, ReadOnlyMemory<byte> json)
    {
        response.StatusCode = statusCode;
        response.ContentType = ContentType;
        response.ContentLength = json.Length;
        return response.BodyWriter.WriteAsync(json).AsTask();
    }
}
