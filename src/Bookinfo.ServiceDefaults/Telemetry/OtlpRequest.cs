using System.IO.Compression;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Counts what is in an export request: spans, log records or metrics. The messages of the three signals have the same fields: those of
/// resources, in them those of scopes, in them the records.
/// </summary>
internal static class OtlpRequest
{
    /// <summary>The length in bytes of what precedes a gRPC message: whether it is compressed, and its length.</summary>
    public const int GrpcFrame = 5;

    /// <summary>Protobuf field numbers.</summary>
    private const int Resource = 1;
    private const int Scope = 2;
    private const int Record = 2;

    /// <summary>Counts the records of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isGrpc">Whether the protocol is gRPC; otherwise it is http/protobuf.</param>
    public static async Task<int> CountAsync(HttpRequestMessage request, bool isGrpc)
    {
        if (request.Content is not { } content
            || await content.ReadAsByteArrayAsync() is not { } body
            || (isGrpc && body.Length < GrpcFrame))
        {
            return 0;
        }

        var isCompressed = isGrpc ? body[0] != 0 : content.Headers.ContentEncoding.Contains("gzip");
        var message = body.AsMemory(isGrpc ? GrpcFrame : 0);
        return Count(isCompressed ? Decompress(message) : message.Span);
    }

    private static int Count(ReadOnlySpan<byte> message)
    {
        var count = 0;
        var request = new ProtobufFields(message);
        while (request.Read(Resource))
        {
            var resource = new ProtobufFields(request.Bytes);
            while (resource.Read(Scope))
            {
                var scope = new ProtobufFields(resource.Bytes);
                while (scope.Read(Record))
                {
                    count++;
                }
            }
        }

        return count;
    }

    private static byte[] Decompress(ReadOnlyMemory<byte> message)
    {
        using var compressed = new MemoryStream(message.ToArray());
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }
}
