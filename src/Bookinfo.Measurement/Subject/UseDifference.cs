namespace Bookinfo.Measurement;

/// <summary>What services used between two readings.</summary>
internal static class UseDifference
{
    /// <summary>What each service used between two readings.</summary>
    /// <param name="before">The first reading.</param>
    /// <param name="after">The second.</param>
    /// <param name="notes">Is given a line for each service that was restarted or replaced in between, and so has no figures.</param>
    /// <returns>By the name of the service, those that both readings know.</returns>
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
/// <param name="Instance">Which it is: another one after a restart.</param>
/// <param name="At">When that was, in seconds on a clock of its own.</param>
/// <param name="CpuSeconds">Processor time of the service itself.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers of its pod.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="SidecarMemoryBytes">Memory of the other containers.</param>
public sealed record InstanceUse(
    string Service, string Instance, double At, double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes);

/// <summary>What a service used in one step, summed over its processes or pods.</summary>
/// <param name="CpuSeconds">Processor time of the service itself.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers in its pods, such as a proxy; 0 where there are none.</param>
/// <param name="MemoryBytes">Its memory at the end: resident of a process, the working set of a container.</param>
/// <param name="SidecarMemoryBytes">Likewise of the other containers.</param>
/// <param name="Seconds">The time that the processor time was measured over: close to the length of the step.</param>
public sealed record UseMeasurement(
    double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes, double Seconds);
