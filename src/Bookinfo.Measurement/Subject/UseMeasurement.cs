namespace Bookinfo.Measurement;

/// <summary>What a service used in one step, summed over its processes or pods.</summary>
/// <param name="CpuSeconds">Processor time of the service itself, in seconds.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers in its pods, such as a proxy; 0 where there are none.</param>
/// <param name="MemoryBytes">
/// Memory of the service itself at the end, in bytes: resident for a process, the working set for a container.
/// </param>
/// <param name="SidecarMemoryBytes">The same for the other containers.</param>
/// <param name="Seconds">The time over which processor time was measured, in seconds: close to the length of the step.</param>
/// <param name="Requests">
/// How many requests the service answered; <see langword="null"/> when that is not known, as in files from before this field existed.
/// </param>
/// <param name="IdleCpuSeconds">
/// The idle share of <paramref name="CpuSeconds"/>: what it would have used without requests, measured in the same round while none were
/// sent, and what reading its counters cost. <see langword="null"/> when that is not known.
/// </param>
/// <param name="IdleSidecarCpuSeconds">The idle share of <paramref name="SidecarCpuSeconds"/>.</param>
/// <param name="CompileSeconds">
/// How long the service spent compiling its code, which is mostly part of <paramref name="CpuSeconds"/>; <see langword="null"/> when that
/// is not known.
/// </param>
public sealed record UseMeasurement(
    double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes, double Seconds,
    long? Requests = null, double? IdleCpuSeconds = null, double? IdleSidecarCpuSeconds = null,
    double? CompileSeconds = null)
{
    private const double Thousand = 1000;

    /// <summary>Processor time in seconds for 1,000 requests, sidecars included.</summary>
    /// <param name="basis">Which requests, and whether the idle share is included.</param>
    /// <param name="sent">How many requests to the page were sent.</param>
    /// <returns><see langword="null"/> when it is not known, or there were no requests.</returns>
    internal double? CpuPerThousand(CpuBasis basis, long sent) =>
        PerThousand(CpuSeconds + SidecarCpuSeconds, IdleCpuSeconds + IdleSidecarCpuSeconds, basis, sent);

    /// <summary>The sidecars' part of it.</summary>
    /// <inheritdoc cref="CpuPerThousand"/>
    internal double? SidecarCpuPerThousand(CpuBasis basis, long sent) =>
        PerThousand(SidecarCpuSeconds, IdleSidecarCpuSeconds, basis, sent);

    private double? PerThousand(double seconds, double? idle, CpuBasis basis, long sent)
    {
        var requests = basis.IsOwn ? Requests : sent;
        return requests > 0 ? (seconds - (basis.IsNet ? idle : 0)) / requests * Thousand : null;
    }
}

/// <summary>What a figure of processor time is per, and what it includes.</summary>
/// <param name="IsOwn">Whether it is per request that the service itself answered, and not per request to the page.</param>
/// <param name="IsNet">Whether the idle share is left out.</param>
internal readonly record struct CpuBasis(bool IsOwn, bool IsNet);
