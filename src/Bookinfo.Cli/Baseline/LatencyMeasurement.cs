using Bookinfo.Cli.Load;

namespace Bookinfo.Cli.Baseline;

/// <summary>A latency in one step.</summary>
/// <param name="Percentiles">What most people want to know of it.</param>
/// <param name="Histogram">All of it: an HdrHistogram of microseconds in its compressed encoding (V2), in base64.</param>
internal sealed record LatencyMeasurement(Percentiles Percentiles, string Histogram);
