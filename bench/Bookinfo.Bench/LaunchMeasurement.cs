using System.Diagnostics;
using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>From the command <c>bookinfo up --native</c> until all six are ready.</summary>
internal static class LaunchMeasurement
{
    private const int Port = 31680;

    /// <summary>Starts everything and ends it, several times.</summary>
    /// <param name="bench">The run.</param>
    /// <exception cref="BenchException">It did not start.</exception>
    public static async Task RunAsync(BenchContext bench)
    {
        bench.Progress.Say($"bookinfo up --native, {bench.Plan.Rounds} times");
        for (var round = 0; round <= bench.Plan.Rounds; round++)
        {
            var began = bench.Time.GetTimestamp();
            string[] arguments =
                ["up", "--native", "--no-build", "--port", Text(Port), "--backend-port", Text(Port + 1), "--output", "json"];
            var start = new ProcessStartInfo(Path.Combine(bench.Root, "bookinfo"), arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var up = Process.Start(start)!;
            var messages = up.StandardError.ReadToEndAsync();
            string? line;
            while ((line = await up.StandardOutput.ReadLineAsync()) is not null
                && !line.Contains("\"event\":\"ready\"", StringComparison.Ordinal))
            {
            }

            var took = bench.Time.GetElapsedTime(began);
            if (line is null)
            {
                await up.WaitForExitAsync();
                throw new BenchException($"'bookinfo up --native' ended with {up.ExitCode}: {(await messages).Trim()}");
            }

            // Ended as a user would, so that it takes its services with it.
            await Command.RunAsync("kill", "-TERM", Text(up.Id));
            _ = await up.StandardOutput.ReadToEndAsync();
            await up.WaitForExitAsync();
            if (round > 0)
            {
                bench.Figures.Add("launch", "ms", took.TotalMilliseconds);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
