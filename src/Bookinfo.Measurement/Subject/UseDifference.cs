namespace Bookinfo.Measurement;

/// <summary>What services used between two readings.</summary>
internal static class UseDifference
{
    /// <summary>What each service used between two readings.</summary>
    /// <param name="before">The first reading.</param>
    /// <param name="after">The second.</param>
    /// <param name="notes">Receives a line for each service that was restarted or replaced in between, and so has no figures.</param>
    /// <returns>By the name of the service, for services that are in both readings.</returns>
    public static IReadOnlyDictionary<string, UseMeasurement> Of(
        IReadOnlyList<InstanceUse> before, IReadOnlyList<InstanceUse> after, ICollection<string> notes)
    {
        var use = new Dictionary<string, UseMeasurement>();
        foreach (var service in after.GroupBy(one => one.Service))
        {
            var earlier = before.Where(one => one.Service == service.Key).ToDictionary(one => one.Instance);
            if (earlier.Count == 0)
            {
                continue;
            }

            if (!earlier.Keys.ToHashSet().SetEquals(service.Select(one => one.Instance)))
            {
                notes.Add($"{service.Key} was restarted, replaced or scaled while it was measured.");
                continue;
            }

            use[service.Key] = new UseMeasurement(
                service.Sum(one => one.CpuSeconds - earlier[one.Instance].CpuSeconds),
                service.Sum(one => one.SidecarCpuSeconds - earlier[one.Instance].SidecarCpuSeconds),
                service.Sum(one => one.MemoryBytes),
                service.Sum(one => one.SidecarMemoryBytes),
                service.Average(one => one.At - earlier[one.Instance].At));
        }

        return use;
    }
}

/// <summary>What a process or a pod has used since it began. Processor times only mean something as differences.</summary>
/// <param name="Service">The service with its version, as in <see cref="ServiceFacts.Name"/>.</param>
/// <param name="Instance">Which process or pod it is; a restart makes a new one.</param>
/// <param name="At">When the reading was taken, in seconds on a clock of its own.</param>
/// <param name="CpuSeconds">Processor time of the service itself, in seconds.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers of its pod, in seconds.</param>
/// <param name="MemoryBytes">Memory of the service itself, in bytes.</param>
/// <param name="SidecarMemoryBytes">Memory of the other containers, in bytes.</param>
public sealed record InstanceUse(
    string Service, string Instance, double At, double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes);

/// <summary>What a service used in one step, summed over its processes or pods.</summary>
/// <param name="CpuSeconds">Processor time of the service itself, in seconds.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers in its pods, such as a proxy; 0 where there are none.</param>
/// <param name="MemoryBytes">
/// Memory of the service itself at the end, in bytes: resident for a process, the working set for a container.
/// </param>
/// <param name="SidecarMemoryBytes">The same for the other containers.</param>
/// <param name="Seconds">The time over which processor time was measured, in seconds: close to the length of the step.</param>
public sealed record UseMeasurement(
    double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes, double Seconds);
