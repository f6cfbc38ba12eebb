using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// What the operating system says of the process, by the semantic conventions of OpenTelemetry
/// (https://opentelemetry.io/docs/specs/semconv/system/process-metrics/).
/// </summary>
internal sealed class ProcessMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.Process";

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    public ProcessMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableCounter("process.cpu.time", MeasureCpuTime, "s", "Total CPU seconds broken down by mode.");
        meter.CreateObservableUpDownCounter(
            "process.memory.usage", () => Read(static process => process.WorkingSet64), "By", "The amount of physical memory in use.");
        meter.CreateObservableUpDownCounter(
            "process.memory.virtual",
            () => Read(static process => process.VirtualMemorySize64),
            "By",
            "The amount of committed virtual memory.");
        meter.CreateObservableUpDownCounter(
            "process.thread.count", () => Read(static process => process.Threads.Count), "{thread}", "Process threads count.");
        meter.CreateObservableGauge(
            "process.uptime", () => Read(process => (time.GetUtcNow() - process.StartTime.ToUniversalTime()).TotalSeconds), "s",
            "The time the process has been running.");
        if (OperatingSystem.IsLinux())
        {
            meter.CreateObservableUpDownCounter(
                "process.unix.file_descriptor.count", static () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
                "{file_descriptor}", "Number of unix file descriptors in use by the process.");
        }
    }

    private static T Read<T>(Func<Process, T> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }

    private static IEnumerable<Measurement<double>> MeasureCpuTime()
    {
        using var process = Process.GetCurrentProcess();
        return
        [
            new(process.UserProcessorTime.TotalSeconds, new KeyValuePair<string, object?>("cpu.mode", "user")),
            new(process.PrivilegedProcessorTime.TotalSeconds, new KeyValuePair<string, object?>("cpu.mode", "system")),
        ];
    }
}
