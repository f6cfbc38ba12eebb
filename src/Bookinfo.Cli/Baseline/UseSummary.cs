namespace Bookinfo.Cli.Baseline;

/// <summary>What a service used at one rate, over the rounds.</summary>
/// <param name="Cores">Processors' worth of time that it used, sidecars included.</param>
/// <param name="CpuPerThousand">Processor seconds for 1,000 requests to the page, sidecars included. What it uses when idle is in it.</param>
/// <param name="SidecarCpuPerThousand">The part of it that is the sidecars'.</param>
/// <param name="MemoryBytes">Memory, sidecars included.</param>
/// <param name="SidecarMemoryBytes">The part of it that is the sidecars'.</param>
internal sealed record UseSummary(Estimate Cores, Estimate CpuPerThousand, Estimate SidecarCpuPerThousand, Estimate MemoryBytes, Estimate SidecarMemoryBytes);
