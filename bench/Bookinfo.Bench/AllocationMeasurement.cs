using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Bench;

/// <summary>Managed memory that a service allocates for a request, by its own count.</summary>
internal static partial class AllocationMeasurement
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Measures the bytes that a request to each target allocates.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var target in new[] { "details", "ratings", "reviews-v1", "reviews-v2", "page" })
        {
            bench.Progress.Say($"Allocations: {target}");
            // The page is made by productpage; the other servers have the names of what is asked for.
            var server = workload.Server(target == "page" ? "productpage" : target);
            var url = workload[target, Implementation.Ours].Url;
            // After a time of rest productpage opens some hundred connections anew, all in the first half second.
            await Wrk.RunAsync(url, ThroughputMeasurement.Connections, Second);
            for (var round = 1; round <= bench.Plan.Rounds; round++)
            {
                var before = await AllocatedAsync(client, server);
                var result = await Wrk.RunAsync(url, ThroughputMeasurement.Connections, Second);
                bench.Figures.Add(
                    $"allocated/{target}", "B/request", (await AllocatedAsync(client, server) - before) / result.Requests);
            }
        }
    }

    private static async Task<double> AllocatedAsync(HttpClient client, ServerProcess server)
    {
        var metrics = await client.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/metrics"));
        var match = Allocated().Match(metrics);
        return match.Success
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new BenchException($"/metrics of {server.Name} does not say what was allocated.");
    }

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total(?:\{[^}]*\})? ([0-9.eE+]+)", RegexOptions.Multiline)]
    private static partial Regex Allocated();
}
