using Bookinfo.Testing;

namespace Browser.Tests;

/// <summary>A page in a state that it can be in, and how to bring it there.</summary>
/// <param name="Name">Its name, which is also that of its pictures.</param>
/// <param name="StartAsync">Starts the services.</param>
/// <param name="ShowAsync">Goes there.</param>
public sealed record ShopState(string Name, Func<Task<RunningSystem>> StartAsync, Func<Visitor, Task> ShowAsync)
{
    private static readonly string LongName = string.Concat(Enumerable.Repeat("Bartholomew", 6))[..64];

    /// <summary>Spans go to an address where nobody listens.</summary>
    public static IReadOnlyList<string> Traced { get; } =
        ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:9", "TRACE_PAGE_URL=http://localhost:18888/traces/detail/{id}"];

    public static IReadOnlyList<ShopState> All { get; } =
    [
        new("index", () => RunningSystem.StartAsync(), visitor => visitor.GoAsync("/")),
        new("reviews-v1", () => RunningSystem.StartAsync(["v1"]), visitor => visitor.GoAsync()),
        new("reviews-v2", () => RunningSystem.StartAsync(["v2"]), visitor => visitor.GoAsync()),
        new("reviews-v3", () => RunningSystem.StartAsync(["v3"]), visitor => visitor.GoAsync()),
        new("traced", () => RunningSystem.StartAsync(["v3"], settings: Traced), visitor => visitor.GoAsync()),
        new("signed-in", () => RunningSystem.StartAsync(["v3"], clusterName: "verona-east"), async visitor =>
        {
            await visitor.GoAsync();
            await visitor.SignInAsync("Adriana");
        }),
        new("sign-in-dialog", () => RunningSystem.StartAsync(["v2"]), async visitor =>
        {
            await visitor.GoAsync();
            await visitor.SignInButton.ClickAsync();
            await visitor.NameField.WaitForAsync();
        }),
        new("details-error", () => WithoutAsync(system => [system.Details]), visitor => visitor.GoAsync()),
        new("reviews-error", () => WithoutAsync(system => system.Reviews), visitor => visitor.GoAsync()),
        new("ratings-error", () => WithoutAsync(system => [system.Ratings]), visitor => visitor.GoAsync()),
        new("all-errors", () => WithoutAsync(system => [system.Details, .. system.Reviews]), visitor => visitor.GoAsync()),
        new("long-names", () => RunningSystem.StartAsync(
            ["v2"],
            podName: "reviews-v2-" + new string('7', 52),
            clusterName: "cluster-" + new string('e', 55)), async visitor =>
        {
            await visitor.GoAsync();
            await visitor.SignInAsync(LongName);
        }),
    ];

    public static ShopState Named(string name) => All.Single(state => state.Name == name);

    private static async Task<RunningSystem> WithoutAsync(
        Func<RunningSystem, IEnumerable<Microsoft.AspNetCore.Builder.WebApplication>> stopped)
    {
        var system = await RunningSystem.StartAsync(["v2"]);
        foreach (var service in stopped(system))
        {
            await system.StopAsync(service);
        }

        return system;
    }
}
