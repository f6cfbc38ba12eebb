namespace Bookinfo.Bench;

/// <summary>Whether cost grows no faster than the work: with connections, with hops, and with what is stored.</summary>
internal static class GrowthMeasurement
{
    private const int Few = ThroughputMeasurement.Connections;
    private const int Many = 1000;
    private const int Products = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures with many connections, over more hops, and with many products.</summary>
    /// <param name="bench">The run.</param>
    /// <param name="workload">What is measured.</param>
    public static async Task RunAsync(BenchContext bench, Workload workload)
    {
        await ConnectionsAsync(bench, workload);
        await HopsAsync(bench, workload);
        await StoreAsync(bench);
    }

    private static async Task ConnectionsAsync(BenchContext bench, Workload workload)
    {
        foreach (var target in ThroughputMeasurement.Targets)
        {
            bench.Progress.Say($"{Many} connections beside {Few}: {target}");
            for (var round = 1; round <= bench.Plan.GrowthRounds; round++)
            {
                // Bare Kestrel says what the kernel and the server themselves make of it.
                Implementation[] measured = bench.Plan.IsWhole ? [Implementation.Ours, Implementation.Bare] : [Implementation.Ours];
                foreach (var implementation in BenchPlan.Turn(round, measured))
                {
                    var few = await CostAsync(bench, workload[target, implementation], Few);
                    var many = await CostAsync(bench, workload[target, implementation], Many);
                    bench.Figures.Add(
                        implementation == Implementation.Ours ? $"connections/{target}" : $"connections/{target}/bare", "", few / many);
                    bench.Figures.Add(ThroughputMeasurement.Name("connections-cpu", target, implementation), "us/request", many);
                }

                if (bench.Plan.IsWhole)
                {
                    // Requests per core, as everywhere: the more, the better.
                    bench.Figures.AddRatio(
                        $"connections-ratio/{target}", ThroughputMeasurement.Name("connections-cpu", target, Implementation.Bare),
                        ThroughputMeasurement.Name("connections-cpu", target, Implementation.Ours));
                }
            }
        }
    }

    private static async Task HopsAsync(BenchContext bench, Workload workload)
    {
        bench.Progress.Say("The page with one hop more");
        Implementation[] measured = bench.Plan.IsWhole ? [Implementation.Ours, Implementation.Bare] : [Implementation.Ours];
        for (var round = 1; round <= bench.Plan.GrowthRounds; round++)
        {
            foreach (var implementation in BenchPlan.Turn(round, measured))
            {
                var cost = new Dictionary<string, double>();
                foreach (var target in BenchPlan.Turn(round, "page-v1", "reviews-v1", "reviews-v2", "page"))
                {
                    cost[target] = await CostAsync(bench, workload[target, implementation], Few);
                    bench.Figures.Add(ThroughputMeasurement.Name("hops-cpu", target, implementation), "us/request", cost[target]);
                }

                // What the third hop costs is what reviews needs to ask ratings, with what ratings needs to answer; the page has nothing to
                // add to that.
                bench.Figures.Add(
                    HopsOf(implementation), "", cost["page"] / (cost["page-v1"] + cost["reviews-v2"] - cost["reviews-v1"]));
            }

            if (bench.Plan.IsWhole)
            {
                bench.Figures.AddRatio("hops-ratio", HopsOf(Implementation.Ours), HopsOf(Implementation.Bare));
            }
        }

        static string HopsOf(Implementation implementation) => implementation == Implementation.Ours ? "hops/ratio" : "hops/ratio/bare";
    }

    private static async Task StoreAsync(BenchContext bench)
    {
        bench.Progress.Say($"Ratings with {Products} products beside one");
        // Both are asked for the same products, so that they read as much and answer as much.
        var script = Path.Combine(bench.Files, "products.lua");
        await File.WriteAllTextAsync(script, $"""
            function request()
                return wrk.format(nil, "/ratings/" .. math.random(0, {Products - 1}))
            end
            """);
        ServerDefinition Ratings(string name)
        {
            // Each time with a port of its own.
            var ratings = bench.Programs.Services().Single(service => service.Name == "ratings");
            return ratings with { Name = name };
        }

        await using var one = (await ServerProcess.StartAsync(Ratings("ratings with one product"), bench.Time)).Server;
        await using var all = (await ServerProcess.StartAsync(Ratings("ratings with all products"), bench.Time)).Server;
        await FillAsync(one, 1);
        await FillAsync(all, Products);
        for (var round = 1; round <= bench.Plan.GrowthRounds; round++)
        {
            var costOne = await CostAsync(bench, Asked(one), Few, script);
            var costAll = await CostAsync(bench, Asked(all), Few, script);
            bench.Figures.Add("store", "", costOne / costAll);
        }
    }

    private static Subject Asked(ServerProcess server) =>
        new(server.Name, Implementation.Ours, new Uri($"http://127.0.0.1:{server.Port}/ratings/0"), [server]);

    private static async Task FillAsync(ServerProcess server, int products)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var product = 0; product < products; product++)
        {
            using var answer = await client.PostAsync(
                new Uri($"http://127.0.0.1:{server.Port}/ratings/{product}"), new StringContent("""{"Reviewer1":5,"Reviewer2":4}"""));
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Processor time for a request, in microseconds.</summary>
    private static async Task<double> CostAsync(BenchContext bench, Subject subject, int connections, string? script = null)
    {
        await Wrk.RunAsync(subject.Url, connections, WarmUp, script);
        var before = subject.ProcessorSeconds;
        var result = await Wrk.RunAsync(subject.Url, connections, bench.Plan.Step, script);
        return (subject.ProcessorSeconds - before) / result.Requests * 1e6;
    }
}
