namespace Bookinfo.Otlp;

/// <summary>A request by which telemetry was sent.</summary>
/// <param name="Path">The path, which says the signal and whether it is gRPC or http/protobuf.</param>
/// <param name="Headers">The headers, names in lower case.</param>
/// <param name="IsCompressed">Whether the message was compressed.</param>
public sealed record OtlpExport(string Path, IReadOnlyDictionary<string, string> Headers, bool IsCompressed);
