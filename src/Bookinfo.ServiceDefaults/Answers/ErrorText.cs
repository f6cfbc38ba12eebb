using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Answers;

/// <summary>What an error answer says when nobody has said anything more precise.</summary>
internal static class ErrorText
{
    /// <summary>The message for a status.</summary>
    /// <param name="statusCode">The status of the answer.</param>
    /// <returns>A few words in English.</returns>
    public static string Of(int statusCode) => statusCode switch
    {
        StatusCodes.Status404NotFound => "not found",
        StatusCodes.Status405MethodNotAllowed => "method not allowed",
        StatusCodes.Status408RequestTimeout => "request timed out",
        StatusCodes.Status412PreconditionFailed => "precondition failed",
        StatusCodes.Status413PayloadTooLarge => "request body too large",
        StatusCodes.Status414UriTooLong => "request target too long",
        StatusCodes.Status415UnsupportedMediaType => "unsupported media type",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "request headers too large",
        >= 500 => "internal error",
        _ => "bad request",
    };
}
