namespace Bookinfo.Cli.Baseline;

/// <summary>What a process or a pod has used since it began. Processor times only mean something as differences.</summary>
/// <param name="Service">The service with its version, as in <see cref="ServiceFacts.Name"/>.</param>
/// <param name="Instance">Which it is: another one after a restart.</param>
/// <param name="At">When that was, in seconds on a clock of its own.</param>
/// <param name="CpuSeconds">Processor time of the service itself.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers of its pod.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="SidecarMemoryBytes">Memory of the other containers.</param>
internal sealed record InstanceUse(
    string Service, string Instance, double At, double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes);
