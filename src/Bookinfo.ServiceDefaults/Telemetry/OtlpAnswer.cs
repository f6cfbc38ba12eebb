using System.Globalization;
using System.Text;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Finds out from the answer of a collector whether an export succeeded (https://opentelemetry.io/docs/specs/otlp/). Status 200 alone does
/// not mean that everything was accepted: the collector may have rejected a part, and what answered may not be a collector.
/// </summary>
internal static class OtlpAnswer
{
    private const string GrpcStatus = "grpc-status";
    private const string GrpcMessage = "grpc-message";

    /// <summary>Protobuf field numbers: of the part of an answer about rejections; in it, of how many were rejected, and why.</summary>
    private const int PartialSuccess = 1;
    private const int Rejected = 1;
    private const int ErrorMessage = 2;

    /// <summary>Finds what is wrong with an answer; <see langword="null"/> when everything was accepted.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    /// <param name="isGrpc">Whether the protocol is gRPC; otherwise it is http/protobuf.</param>
    public static OtlpProblem? ProblemOf(HttpResponseMessage response, byte[] body, bool isGrpc)
    {
        if (!response.IsSuccessStatusCode)
        {
            return new(string.Create(CultureInfo.InvariantCulture, $"the collector answered with status {(int)response.StatusCode}"));
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        return isGrpc ? ProblemOfGrpc(response, body, type) : ProblemOfHttp(response, body, type);
    }

    private static OtlpProblem? ProblemOfGrpc(HttpResponseMessage response, byte[] body, string? type) =>
        Header(response, GrpcStatus) switch
        {
            null => new($"the answer says nothing about the outcome (no gRPC status, {Of(type)}): no collector sent it, or a proxy cut it"),
            "0" => body.Length > OtlpRequest.GrpcFrame ? RejectionIn(body.AsSpan(OtlpRequest.GrpcFrame)) : null,
            var status =>
                new($"the collector answered with gRPC status {status}: {Uri.UnescapeDataString(Header(response, GrpcMessage) ?? "")}"),
        };

    private static OtlpProblem? ProblemOfHttp(HttpResponseMessage response, byte[] body, string? type) => type switch
    {
        _ when body.Length == 0 => null,
        "application/x-protobuf" or "application/protobuf" => RejectionIn(body),
        "application/json" => null,
        _ => new(string.Create(
            CultureInfo.InvariantCulture,
            $"what answered is not a collector: status {(int)response.StatusCode} with a body {Of(type)}, not application/x-protobuf")),
    };

    private static string Of(string? type) => type is null ? "without a content type" : $"of content type {type}";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values)
            ? string.Join(',', values)
            : null;

    /// <summary>What an answer says about a rejected part, if anything. The messages of all three signals have the same fields.</summary>
    private static OtlpProblem? RejectionIn(ReadOnlySpan<byte> message)
    {
        var answer = new ProtobufFields(message);
        while (answer.Read(PartialSuccess))
        {
            var (rejected, reason) = (0L, "");
            var partial = new ProtobufFields(answer.Bytes);
            while (partial.Read())
            {
                rejected = partial.Field == Rejected ? (long)partial.Number : rejected;
                reason = partial.Field == ErrorMessage ? Encoding.UTF8.GetString(partial.Bytes) : reason;
            }

            // When nothing was rejected, the message is a warning about what was accepted.
            if (rejected > 0)
            {
                return new(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the collector rejected {rejected} of what it was sent{(reason is "" ? "" : ": ")}{reason}"),
                    // No request has more: then it is not known how many, and all count.
                    rejected <= int.MaxValue ? rejected : null);
            }
        }

        return null;
    }
}
