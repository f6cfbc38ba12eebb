using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>
/// What is measured, and what it is compared with: native services as <c>up --native</c> runs them, metrics and access log on and nothing
/// traced, and beside each the references that answer the same bytes. All of them run at the same time; only one is asked anything at a
/// time.
/// </summary>
internal sealed class Workload : IAsyncDisposable
{
    /// <summary>The services that are compared with references by themselves.</summary>
    public static readonly IReadOnlyList<string> Services = ["details", "ratings", "reviews-v1"];

    private readonly List<ServerProcess> _servers = [];
    private readonly Dictionary<(string Target, Implementation Implementation), Subject> _subjects = [];

    private Workload()
    {
    }

    /// <summary>All processes.</summary>
    public IReadOnlyList<ServerProcess> Servers => _servers;

    /// <summary>A target as one implementation serves it.</summary>
    /// <param name="target">details, ratings, reviews-v1, page, page-v1, reviews-v2 or index.</param>
    /// <param name="implementation">Whose.</param>
    public Subject this[string target, Implementation implementation] => _subjects[(target, implementation)];

    /// <summary>One of the processes.</summary>
    /// <param name="name">Its name.</param>
    public ServerProcess Server(string name) => _servers.Single(server => server.Name == name);

    /// <summary>Starts everything.</summary>
    /// <param name="programs">Where the programs are.</param>
    /// <param name="files">A directory for what references answer.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="BenchException">Something did not start.</exception>
    public static async Task<Workload> StartAsync(Programs programs, string files, TimeProvider time)
    {
        var workload = new Workload();
        try
        {
            await workload.StartServicesAsync(programs, time);
            await workload.StartReferencesAsync(programs, files, time);
            return workload;
        }
        catch
        {
            await workload.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task StartServicesAsync(Programs programs, TimeProvider time)
    {
        foreach (var definition in programs.Services())
        {
            await StartAsync(definition, time);
        }

        Add("details", Implementation.Ours, "/details/0", "details", "details");
        Add("ratings", Implementation.Ours, "/ratings/0", "ratings", "ratings");
        Add("reviews-v1", Implementation.Ours, "/reviews/0", "reviews-v1", "reviews-v1");
        Add("reviews-v2", Implementation.Ours, "/reviews/0", "reviews-v2", "reviews-v2", "ratings");
        Add("page", Implementation.Ours, "/productpage", "productpage", "productpage", "details", "reviews-v2", "ratings");
        Add("page-v1", Implementation.Ours, "/productpage", "productpage-reviews-v1", "productpage-reviews-v1", "details", "reviews-v1");
    }

    private async Task StartReferencesAsync(Programs programs, string files, TimeProvider time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        var answers = new List<StaticAnswer>();
        foreach (var target in (string[])[.. Services, "reviews-v2", "page", "page-v1"])
        {
            using var response = await client.GetAsync(this[target, Implementation.Ours].Url);
            if (!response.IsSuccessStatusCode)
            {
                throw new BenchException($"{this[target, Implementation.Ours].Url} answers {(int)response.StatusCode} instead of 200.");
            }

            var file = Path.Combine(files, target);
            await File.WriteAllBytesAsync(file, await response.Content.ReadAsByteArrayAsync());
            answers.Add(new StaticAnswer(target, response.Content.Headers.ContentType!.ToString(), file));
        }

        StaticAnswer Answer(string target) => answers.Single(answer => answer.Target == target);
        Uri Url(string target) => this[target, Implementation.Bare].Url;
        foreach (var target in Services)
        {
            await StartAsync(programs.Bare(Answer(target)), time);
            Add(target, Implementation.Bare, "/", $"bare {target}", $"bare {target}");
        }

        await StartAsync(programs.Bare(Answer("reviews-v2"), Url("ratings")), time);
        Add("reviews-v2", Implementation.Bare, "/", "bare reviews-v2", "bare reviews-v2", "bare ratings");
        await StartAsync(programs.Bare(Answer("page"), Url("details"), Url("reviews-v2")), time);
        Add("page", Implementation.Bare, "/", "bare page", "bare page", "bare details", "bare reviews-v2", "bare ratings");

        await StartAsync(programs.Bare(Answer("page-v1"), Url("details"), Url("reviews-v1")), time);
        Add("page-v1", Implementation.Bare, "/", "bare page-v1", "bare page-v1", "bare details", "bare reviews-v1");

        await StartAsync(programs.Nginx(answers, files), time);
        foreach (var target in (string[])[.. Services, "page"])
        {
            Add(target, Implementation.Nginx, $"/{target}", "nginx", "nginx");
        }
    }

    private async Task StartAsync(ServerDefinition definition, TimeProvider time) =>
        _servers.Add((await ServerProcess.StartAsync(definition, time)).Server);

    private void Add(string target, Implementation implementation, string path, string asked, params string[] servers) =>
        _subjects.Add((target, implementation), new Subject(
            target,
            implementation,
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Server(asked).Port}{path}")),
            [.. servers.Select(Server)]));
}
