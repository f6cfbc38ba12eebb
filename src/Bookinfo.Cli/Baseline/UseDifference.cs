namespace Bookinfo.Cli.Baseline;

/// <summary>What services used between two readings.</summary>
internal static class UseDifference
{
    /// <summary>Subtracts.</summary>
    /// <param name="before">The first reading.</param>
    /// <param name="after">The second.</param>
    /// <param name="notes">Is given a line for each service that was restarted or replaced in between, and so has no figures.</param>
    /// <returns>By the name of the service, those that both readings know.</returns>
    public static IReadOnlyDictionary<string, UseMeasurement> Of(IReadOnlyList<InstanceUse> before, IReadOnlyList<InstanceUse> after, ICollection<string> notes)
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
