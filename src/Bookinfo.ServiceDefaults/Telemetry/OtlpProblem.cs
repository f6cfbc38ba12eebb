namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Why an export failed, or a part of it.</summary>
/// <param name="Reason">The reason, as the collector has it.</param>
/// <param name="Rejected">How many records were rejected when the others were accepted; <see langword="null"/> when all failed.</param>
internal readonly record struct OtlpProblem(string Reason, long? Rejected = null);
