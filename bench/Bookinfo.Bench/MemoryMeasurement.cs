namespace Bookinfo.Bench;

/// <summary>Resident memory of the services: idle, the most there ever is, and whether it grows.</summary>
internal static class MemoryMeasurement
{
    private const double MiB = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<(string Name, string Server)> Services =
        [("details", "details"), ("ratings", "ratings"), ("reviews", "reviews-v2"), ("productpage", "productpage")];

    /// <summary>Measures what they have when they have been asked once and are left alone.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task IdleAsync(BenchContext bench, Workload workload)
    {
        bench.Progress.Say("Memory, idle");
        await Task.Delay(Settled, bench.Time);
        foreach (var (name, server) in Services)
        {
            bench.Figures.Add($"idle/{name}", "MiB", workload.Server(server).ResidentBytes / MiB);
        }

        bench.Figures.Add("idle/bare", "MiB", workload.Server("bare details").ResidentBytes / MiB);
        bench.Figures.Add("idle/nginx", "MiB", workload.Server("nginx").ResidentBytes / MiB);
    }

    /// <summary>Notes the most that each has while something goes on.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    /// <param name="figure">What the figures are called, before the name of the service.</param>
    /// <param name="work">What goes on.</param>
    public static async Task DuringAsync(BenchContext bench, Workload workload, string figure, Func<Task> work)
    {
        var most = Services.ToDictionary(service => service.Name, _ => 0L);
        var running = work();
        while (!running.IsCompleted)
        {
            foreach (var (name, server) in Services)
            {
                most[name] = Math.Max(most[name], workload.Server(server).ResidentBytes);
            }

            await Task.WhenAny(running, Task.Delay(Interval, bench.Time));
        }

        await running;
        foreach (var (name, bytes) in most)
        {
            bench.Figures.Add($"{figure}/{name}", "MiB", bytes / MiB);
        }
    }

    /// <summary>
    /// Looks whether it grows while the page is under full load: the least of the second half of the time beside the least of the first.
    /// </summary>
    /// <remarks>
    /// Between two collections of its oldest generation the heap grows, by whole regions of 4 MiB, and falls back; for details that takes
    /// two to four minutes. What is left after each of them shows a leak. How high it rises in between is what the most is for.
    /// </remarks>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task SoakAsync(BenchContext bench, Workload workload)
    {
        bench.Progress.Say($"Memory: {bench.Plan.Soak.TotalMinutes:0} minutes of full load");
        var samples = Services.ToDictionary(service => service.Name, _ => new List<double>());
        var running = Wrk.RunAsync(workload["page", Implementation.Ours].Url, ThroughputMeasurement.Connections, bench.Plan.Soak);
        while (!running.IsCompleted)
        {
            foreach (var (name, server) in Services)
            {
                samples[name].Add(workload.Server(server).ResidentBytes / MiB);
            }

            await Task.WhenAny(running, Task.Delay(Interval, bench.Time));
        }

        bench.Figures.Add("soak/rate", "requests/s", (await running).Rate);
        foreach (var (name, values) in samples)
        {
            // The first minute is a warm-up.
            var first = values[(values.Count / 10)..(values.Count / 2)];
            var second = values[(values.Count / 2)..];
            bench.Figures.Add($"soak/{name}", "MiB", values.Max());
            bench.Figures.Add($"growth/{name}", "MiB", second.Min() - first.Min());
        }
    }
}
