namespace Bookinfo.Bench;

/// <summary>From when a program is started to its first answer with 200, of /health/ready where it has that.</summary>
internal static class StartUpMeasurement
{
    private static readonly string[] Services = ["details", "ratings", "reviews-v2", "productpage"];

    /// <summary>Starts each program, one after the other and in turns.</summary>
    /// <param name="bench">The run.</param>
    public static async Task RunAsync(BenchContext bench)
    {
        var file = Path.Combine(bench.Files, "answer");
        await File.WriteAllTextAsync(file, "{}");
        var answer = new StaticAnswer("answer", "application/json", file);
        var services = bench.Programs.Services();
        (string Name, ServerDefinition Definition)[] all =
        [
            .. Services.Select(name => (name.Split('-')[0], services.Single(service => service.Name == name))),
            ("bare", bench.Programs.Bare(answer)),
            ("nginx", bench.Programs.Nginx([answer], bench.Files)),
        ];
        bench.Progress.Say($"Start-up: {all.Length} programs, {bench.Plan.Starts} times each");
        // The first start of each reads it from the disk.
        for (var start = 0; start <= bench.Plan.Starts; start++)
        {
            foreach (var (name, definition) in all)
            {
                var (server, took) = await ServerProcess.StartAsync(definition, bench.Time);
                await server.DisposeAsync();
                if (start > 0)
                {
                    bench.Figures.Add($"start/{name}", "ms", took.TotalMilliseconds);
                }
            }
        }
    }
}
