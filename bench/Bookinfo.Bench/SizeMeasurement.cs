using System.Text.Json;

namespace Bookinfo.Bench;

/// <summary>How large executables and images are.</summary>
internal static class SizeMeasurement
{
    private const double Megabyte = 1e6;

    /// <summary>Measures executables and images.</summary>
    /// <param name="bench">The run.</param>
    /// <exception cref="BenchException">The images could not be built.</exception>
    public static async Task RunAsync(BenchContext bench)
    {
        foreach (var project in new[] { "Details", "Ratings", "Reviews", "ProductPage" })
        {
            bench.Figures.Add(
                $"executable/{project.ToLowerInvariant()}", "MB", new FileInfo(bench.Programs.Executable(project)).Length / Megabyte);
        }

        bench.Figures.Add("executable/bare", "MB", new FileInfo(bench.Programs.Reference).Length / Megabyte);
        if (bench.Plan.IsWhole)
        {
            await ImagesAsync(bench);
        }
    }

    private static async Task ImagesAsync(BenchContext bench)
    {
        bench.Progress.Say("Images");
        var (exitCode, output, messages) = await Command.RunAsync(
            Path.Combine(bench.Root, "bookinfo"), "images", "build", "--base", "debian", "--output", "json");
        if (exitCode != 0)
        {
            throw new BenchException($"'bookinfo images build' ended with {exitCode}: {messages.Trim()}");
        }

        using var report = JsonDocument.Parse(output);
        foreach (var image in report.RootElement.GetProperty("images").EnumerateArray())
        {
            var program = image.GetProperty("program").GetString();
            bench.Figures.Add($"image/{program}", "MB", image.GetProperty("bytes").GetInt64() / Megabyte);
            bench.Figures.Add($"image-compressed/{program}", "MB", image.GetProperty("compressedBytes").GetInt64() / Megabyte);
        }
    }
}
