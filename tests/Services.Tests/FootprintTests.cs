using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>What the native executables take, which ./test.sh publishes before it runs this.</summary>
public sealed class FootprintTests
{
    private const int MiB = 1024 * 1024;

    public static TheoryData<string> Projects => [.. ServiceCatalog.All.Select(service => service.Project)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_executable_has_less_than_16_and_a_half_MB_and_is_all_there_is(string project)
    {
        var file = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(WorkingCopy.NativeExecutable(project))!));
        Assert.Equal(WorkingCopy.NativeExecutable(project), file);
        Assert.InRange(new FileInfo(file).Length, 1, 16_499_999);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task An_idle_service_has_less_than_40_MiB_resident(string project)
    {
        await using var service = await NativeService.StartAsync(project);
        Assert.InRange(service.ResidentBytes, 1, 40 * MiB);
    }

    [Fact]
    public async Task A_hundred_thousand_posts_leave_ratings_under_64_MiB_resident()
    {
        await using var ratings = await NativeService.StartAsync("Bookinfo.Ratings");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 100_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (product, token) =>
            {
                using var body = new StringContent(
                    $$"""{"Reviewer1":{{product % 6}},"Reviewer2":5,"somebody with a longer name, number {{product}}":0}""");
                using var response = await ratings.Client.PostAsync(new Uri($"/ratings/{product}", UriKind.Relative), body, token);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            });
        Assert.InRange(ratings.ResidentBytes, 1, 64 * MiB);
    }

    [Fact]
    public async Task As_many_of_the_largest_posts_as_fit_leave_ratings_under_64_MiB_resident()
    {
        await using var ratings = await NativeService.StartAsync("Bookinfo.Ratings");
        var names = string.Join(',', Enumerable.Range(0, 900).Select(i => $"\"reviewer {i:D4}\":5"));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (product, token) =>
            {
                using var body = new StringContent($"{{{names}}}");
                using var response = await ratings.Client.PostAsync(new Uri($"/ratings/{product}", UriKind.Relative), body, token);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            });
        Assert.InRange(ratings.ResidentBytes, 1, 64 * MiB);
    }

    private sealed class NativeService : IAsyncDisposable
    {
        private readonly Process _process;

        private NativeService(Process process, int port)
        {
            _process = process;
            Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        }

        public HttpClient Client { get; }

        public long ResidentBytes => long.Parse(
            File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(
                ' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) * 1024;

        public static async Task<NativeService> StartAsync(string project)
        {
            var port = FreePort.Find();
            // The access log is part of what is measured; it is read, as a container's is, and thrown away.
            var start = new ProcessStartInfo(WorkingCopy.NativeExecutable(project))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment["ASPNETCORE_HTTP_PORTS"] = $"{port}";
            start.Environment["STOP_WHEN_STDIN_CLOSES"] = "true";
            var process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            var service = new NativeService(process, port);
            try
            {
                await Eventually.HoldsAsync(async () =>
                {
                    Assert.False(process.HasExited, $"{project} has ended.");
                    try
                    {
                        using var response = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
                        return response.IsSuccessStatusCode ? "" : $"{project} is not ready";
                    }
                    catch (HttpRequestException exception)
                    {
                        return exception.Message;
                    }
                });
                return service;
            }
            catch
            {
                await service.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
