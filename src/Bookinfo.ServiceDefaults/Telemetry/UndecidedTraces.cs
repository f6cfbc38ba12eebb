using OpenTelemetry.Trace;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Lets the configured sampler decide about a trace whose caller has not, as if the trace began here. A sampler sees only whether the
/// caller's trace is taken, and one that follows the caller would take 'not decided' for 'not taken'.
/// </summary>
/// <param name="configured">The sampler of the settings.</param>
internal sealed class UndecidedTraces(Sampler configured) : Sampler
{
    /// <summary>Samplers are asked on the thread that starts the span, and before that call returns.</summary>
    [ThreadStatic]
    private static bool _undecided;

    /// <summary>From now on, until what is returned is disposed, no caller has decided about a span that this thread starts.</summary>
    public static End Begin()
    {
        _undecided = true;
        return default;
    }

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => configured.ShouldSample(_undecided
        ? new SamplingParameters(
            default, samplingParameters.TraceId, samplingParameters.Name, samplingParameters.Kind, samplingParameters.Tags,
            samplingParameters.Links)
        : samplingParameters);

    /// <summary>The end of the time in which nothing is decided.</summary>
    public readonly struct End : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => _undecided = false;
    }
}
