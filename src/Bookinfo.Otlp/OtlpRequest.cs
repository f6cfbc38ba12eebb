namespace Bookinfo.Otlp;

/// <summary>What is sent by the protocol.</summary>
public enum OtlpSignal
{
    /// <summary>Spans.</summary>
    Traces,

    /// <summary>Log records.</summary>
    Logs,

    /// <summary>Data points of metrics.</summary>
    Metrics,
}

/// <summary>A request by which telemetry was sent, with what it sends.</summary>
/// <param name="Signal">What it sends; <see langword="null"/> when its path is none of the protocol.</param>
/// <param name="Export">Its path and headers.</param>
/// <param name="IsGrpc">Whether it came by gRPC; else by <c>http/protobuf</c>.</param>
/// <param name="Body">Its body, as it came.</param>
/// <param name="Message">The message in that, which <see cref="OtlpReader"/> reads.</param>
public sealed record OtlpRequest(OtlpSignal? Signal, OtlpExport Export, bool IsGrpc, byte[] Body, byte[] Message);
