namespace Bookinfo.Cli.Baseline;

/// <summary>What a service used in one step, summed over its processes or pods.</summary>
/// <param name="CpuSeconds">Processor time of the service itself.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers in its pods, such as a proxy; 0 where there are none.</param>
/// <param name="MemoryBytes">Its memory at the end: resident of a process, the working set of a container.</param>
/// <param name="SidecarMemoryBytes">Likewise of the other containers.</param>
/// <param name="Seconds">The time that the processor time was measured over: close to the length of the step.</param>
internal sealed record UseMeasurement(double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes, double Seconds);
