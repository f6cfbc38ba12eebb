using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// The two figures about the thread pool that go up and down. .NET's own meter declares them as counters, which they are not by the
/// semantic conventions (https://opentelemetry.io/docs/specs/semconv/runtime/dotnet-metrics/): Prometheus would take each decrease for a
/// restart.
/// </summary>
internal sealed class ThreadPoolMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Bookinfo.ThreadPool";

    private const string Threads = "dotnet.thread_pool.thread.count";
    private const string Queue = "dotnet.thread_pool.queue.length";

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">What makes meters, and ends them with the service.</param>
    public ThreadPoolMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableUpDownCounter(
            Threads, static () => ThreadPool.ThreadCount, "{thread}", "The number of thread pool threads that currently exist.");
        meter.CreateObservableUpDownCounter(
            Queue, static () => ThreadPool.PendingWorkItemCount, "{work_item}", "The number of work items that are currently queued.");
    }

    /// <summary>Leaves out .NET's own.</summary>
    /// <param name="instrument">An instrument.</param>
    /// <returns>That it is dropped, or <see langword="null"/> for any other.</returns>
    public static MetricStreamConfiguration? DropOriginal(Instrument instrument) =>
        instrument.Name is Threads or Queue && instrument.Meter.Name != Name ? MetricStreamConfiguration.Drop : null;
}
