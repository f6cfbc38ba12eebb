using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Otlp;

/// <summary>What is answered to whoever sends telemetry.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Body">The body.</param>
/// <param name="GrpcStatus">The status of gRPC, which stands behind the body; <see langword="null"/> for http/protobuf.</param>
public sealed record OtlpAnswer(int Status, byte[] Body, int? GrpcStatus)
{
    private const string GrpcStatusName = "grpc-status";

    /// <summary>An empty frame: not compressed, and of length 0.</summary>
    private static readonly byte[] EmptyFrame = new byte[5];

    /// <summary>All was taken: a message in which no field is set.</summary>
    /// <param name="isGrpc">Whether it is asked by gRPC.</param>
    public static OtlpAnswer Taken(bool isGrpc) => isGrpc ? OfGrpc(0) : new OtlpAnswer(StatusCodes.Status200OK, [], null);

    /// <summary>The path is none of the protocol.</summary>
    public static OtlpAnswer NotFound { get; } = new(StatusCodes.Status404NotFound, [], null);

    /// <summary>An answer by gRPC, which tells by its own status how it went.</summary>
    /// <param name="status">That status; 0 for well.</param>
    public static OtlpAnswer OfGrpc(int status) => new(StatusCodes.Status200OK, status == 0 ? EmptyFrame : [], status);

    /// <summary>Writes the answer to a request.</summary>
    internal async Task WriteAsync(HttpContext context, bool isGrpc)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = isGrpc ? OtlpServer.Grpc : OtlpServer.Protobuf;
        if (GrpcStatus is { } status)
        {
            context.Response.DeclareTrailer(GrpcStatusName);
            await context.Response.Body.WriteAsync(Body);
            context.Response.AppendTrailer(GrpcStatusName, status.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            await context.Response.Body.WriteAsync(Body);
        }
    }
}
