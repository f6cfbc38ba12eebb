namespace Bookinfo.Measurement;

/// <summary>What services used between two readings.</summary>
internal static class UseDifference
{
    /// <summary>What each service used between two readings.</summary>
    /// <param name="before">The first reading.</param>
    /// <param name="after">The second.</param>
    /// <param name="idle">What services use without requests, by their names.</param>
    /// <param name="notes">Receives a line for each service that was restarted or replaced in between, and so has no figures.</param>
    /// <returns>By the name of the service, for services that are in both readings.</returns>
    public static IReadOnlyDictionary<string, UseMeasurement> Of(
        IReadOnlyList<InstanceUse> before, IReadOnlyList<InstanceUse> after, IReadOnlyDictionary<string, IdleUse> idle,
        ICollection<string> notes)
    {
        var use = new Dictionary<string, UseMeasurement>();
        foreach (var service in ServicesOf(before, after))
        {
            if (service.Pairs is not { } pairs)
            {
                notes.Add($"{service.Name} was restarted, replaced or scaled while it was measured.");
                continue;
            }

            var seconds = pairs.Average(pair => pair.After.At - pair.Before.At);
            var known = idle.GetValueOrDefault(service.Name);
            var used = pairs.Sum(pair => pair.After.CpuSeconds - pair.Before.CpuSeconds);
            if (known?.CpuSeconds(seconds) > used)
            {
                // It was not idle when that was measured: code was compiled, for example.
                known = null;
            }

            use[service.Name] = new UseMeasurement(
                used,
                pairs.Sum(pair => pair.After.SidecarCpuSeconds - pair.Before.SidecarCpuSeconds),
                pairs.Sum(pair => pair.After.MemoryBytes),
                pairs.Sum(pair => pair.After.SidecarMemoryBytes),
                seconds,
                (long?)pairs.Aggregate((double?)0, (sum, pair) => sum + pair.After.Requests - pair.Before.Requests),
                known?.CpuSeconds(seconds),
                known?.SidecarCores * SidecarSeconds(pairs),
                pairs.Aggregate((double?)0, (sum, pair) => sum + pair.After.CompileSeconds - pair.Before.CompileSeconds));
        }

        return use;
    }

    /// <summary>What each service uses without requests, from three readings between which none were sent.</summary>
    /// <param name="first">The first reading.</param>
    /// <param name="second">The second, at once after it: what was used in between was used for the reading.</param>
    /// <param name="last">The last, some time later.</param>
    /// <returns>By the name of the service, for services that were not restarted in between.</returns>
    public static IReadOnlyDictionary<string, IdleUse> Idle(
        IReadOnlyList<InstanceUse> first, IReadOnlyList<InstanceUse> second, IReadOnlyList<InstanceUse> last)
    {
        static double Cpu(IEnumerable<(InstanceUse Before, InstanceUse After)> pairs) =>
            pairs.Sum(pair => pair.After.CpuSeconds - pair.Before.CpuSeconds);
        static bool IsSampled(IEnumerable<(InstanceUse Before, InstanceUse After)> pairs) => pairs.Any(pair => pair.After.IsSampled);
        return (
            from whole in ServicesOf(first, last)
            join reading in ServicesOf(first, second) on whole.Name equals reading.Name
            join rest in ServicesOf(second, last) on whole.Name equals rest.Name
            where whole.Pairs is not null && reading.Pairs is not null && rest.Pairs is not null
            // A sample that the second reading found may be older than the first reading, or newer.
            let span = IsSampled(whole.Pairs) ? whole.Pairs : rest.Pairs
            let readingSeconds = IsSampled(whole.Pairs) ? 0 : Cpu(reading.Pairs)
            let seconds = span.Average(pair => pair.After.At - pair.Before.At)
            let sidecarSeconds = SidecarSeconds(whole.Pairs)
            where seconds > 0 && sidecarSeconds > 0
            select (whole.Name, Idle: new IdleUse(
                readingSeconds,
                (Cpu(span) - readingSeconds) / seconds,
                whole.Pairs.Sum(pair => pair.After.SidecarCpuSeconds - pair.Before.SidecarCpuSeconds) / sidecarSeconds)))
            .ToDictionary(service => service.Name, service => service.Idle);
    }

    /// <summary>
    /// The services of two readings, with the two of each instance; <see langword="null"/> if not all instances are in both.
    /// </summary>
    private static IEnumerable<(string Name, IReadOnlyList<(InstanceUse Before, InstanceUse After)>? Pairs)> ServicesOf(
        IReadOnlyList<InstanceUse> before, IReadOnlyList<InstanceUse> after) =>
        from service in after.GroupBy(one => one.Service)
        let earlier = before.Where(one => one.Service == service.Key).ToDictionary(one => one.Instance)
        where earlier.Count > 0
        select (
            service.Key,
            earlier.Keys.ToHashSet().SetEquals(service.Select(one => one.Instance))
                ? (IReadOnlyList<(InstanceUse, InstanceUse)>)[.. service.Select(one => (earlier[one.Instance], one))]
                : null);

    private static double SidecarSeconds(IEnumerable<(InstanceUse Before, InstanceUse After)> pairs) =>
        pairs.Average(pair => (pair.After.SidecarAt ?? pair.After.At) - (pair.Before.SidecarAt ?? pair.Before.At));
}

/// <summary>What a process or a pod has used since it began. Processor times only mean something as differences.</summary>
/// <param name="Service">The service with its version, as in <see cref="ServiceFacts.Name"/>.</param>
/// <param name="Instance">Which process or pod it is; a restart makes a new one.</param>
/// <param name="At">When the reading was taken, in seconds on a clock of its own.</param>
/// <param name="CpuSeconds">Processor time of the service itself, in seconds.</param>
/// <param name="SidecarCpuSeconds">Processor time of the other containers of its pod, in seconds.</param>
/// <param name="MemoryBytes">Memory of the service itself, in bytes.</param>
/// <param name="SidecarMemoryBytes">Memory of the other containers, in bytes.</param>
/// <param name="Requests">How many requests it has answered; <see langword="null"/> when that is not known.</param>
/// <param name="SidecarAt">
/// When the reading of the other containers was taken, on another clock; <see langword="null"/> for <paramref name="At"/>.
/// </param>
/// <param name="IsSampled">
/// Whether another program samples the service from time to time, so that reading costs the service itself nothing.
/// </param>
/// <param name="CompileSeconds">How long it has spent compiling its code; <see langword="null"/> when that is not known.</param>
public sealed record InstanceUse(
    string Service, string Instance, double At, double CpuSeconds, double SidecarCpuSeconds, double MemoryBytes, double SidecarMemoryBytes,
    double? Requests = null, double? SidecarAt = null, bool IsSampled = false, double? CompileSeconds = null);

/// <summary>What a service uses without requests, summed over its processes or pods.</summary>
/// <param name="ReadingSeconds">Processor time that one reading costs the service itself, in seconds.</param>
/// <param name="Cores">How many processor cores the service itself uses otherwise.</param>
/// <param name="SidecarCores">How many the other containers use.</param>
internal sealed record IdleUse(double ReadingSeconds, double Cores, double SidecarCores)
{
    /// <summary>The CPU time that is used in some seconds without requests, with that of a reading.</summary>
    /// <param name="seconds">How many seconds.</param>
    public double CpuSeconds(double seconds) => ReadingSeconds + (Cores * seconds);
}
