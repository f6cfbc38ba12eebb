using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>Says why a request over HTTP got no answer, or none that can be read.</summary>
public static class HttpFailure
{
    /// <summary>
    /// Describes a failure. Where TLS is the cause, the message of an <see cref="HttpRequestException"/> only refers to an inner exception,
    /// and that one says nothing of what to do.
    /// </summary>
    /// <param name="failure">What came of the request.</param>
    /// <param name="trust">What to do about a certificate that is not trusted.</param>
    /// <returns>A sentence, or a part of one, without its end.</returns>
    public static string Describe(Exception failure, string trust = "make this machine trust it")
    {
        if (failure is not HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: not null })
        {
            return failure is JsonException json ? JsonFailure.Describe(json) : failure.Message.TrimEnd('.');
        }

        var why = failure.GetBaseException().Message.TrimEnd('.');
        // The platform's messages are the same in every language (SatelliteResourceLanguages). One that is not known stands for itself.
        return why.Contains("frame", StringComparison.OrdinalIgnoreCase) ? "it speaks no TLS there: try http:// instead of https://"
            : why.Contains("Callback", StringComparison.Ordinal) ? $"its certificate is not trusted: {trust}"
            : why.Contains("remote certificate", StringComparison.OrdinalIgnoreCase) ? $"its certificate is not trusted ({why}): {trust}"
            : $"TLS cannot be spoken with it: {why}";
    }
}
