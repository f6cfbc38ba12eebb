using System.Runtime.InteropServices;

namespace Bookinfo.Measurement;

/// <summary>A machine.</summary>
/// <param name="Os">The operating system.</param>
/// <param name="Kernel">The version of its kernel.</param>
/// <param name="Processor">The model of its processors.</param>
/// <param name="Processors">How many processors this program may use.</param>
/// <param name="MemoryBytes">How much memory it has, in bytes.</param>
/// <param name="Runtime">The version of .NET that this program ran on.</param>
public sealed record MachineFacts(string Os, string? Kernel, string? Processor, int Processors, long? MemoryBytes, string Runtime)
{
    /// <summary>The machine that this runs on.</summary>
    public static MachineFacts Read() => new(
        RuntimeInformation.OSDescription,
        FirstLine("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.Version.ToString(),
        Model("/proc/cpuinfo") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER"),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.FrameworkDescription);

    private static string? FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;

    private static string? Model(string path) => !File.Exists(path) ? null : File.ReadLines(path)
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
        .FirstOrDefault();
}
