using System.Text.Json;
using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>
/// The schemas of Kubernetes and of the extensions, from npm: NuGet has none. <c>schemas/check.mjs</c> checks objects against them.
/// </summary>
internal static class ApiSchemas
{
    /// <summary>The version that came last.</summary>
    public const string Current = "current";

    /// <summary>The last version before 1.20 of which there are schemas. What it knows, 1.20 knows.</summary>
    public const string Oldest = "1.19";

    private static readonly string Source = Path.Combine(DeployFiles.Root, "tests", "Manifests.Tests", "schemas");

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    private static readonly Lazy<Task<ILookup<Manifest, string>>> AllOfCurrent = new(() => CheckAllAsync(Current, _ => true));

    private static readonly Lazy<Task<ILookup<Manifest, string>>> AllOfOldest = new(
        () => CheckAllAsync(Oldest, manifest => manifest.IsCore));

    /// <summary>
    /// What the current version says of an object of <see cref="Rendering.All"/>: all of them are checked at once, which is quicker.
    /// </summary>
    public static async Task<IEnumerable<string>> FindingsAsync(Rendering rendering) => await FindingsAsync(rendering, AllOfCurrent.Value);

    /// <summary>The same by the oldest version, of the objects that are of Kubernetes itself.</summary>
    public static async Task<IEnumerable<string>> OldestFindingsAsync(Rendering rendering) =>
        await FindingsAsync(rendering, AllOfOldest.Value);

    /// <summary>Checks objects.</summary>
    /// <returns>What is wrong, in which object.</returns>
    public static async Task<IReadOnlyList<string>> FindingsAsync(string version, params IReadOnlyList<Manifest> objects) =>
        [.. (await CheckAsync(version, objects)).SelectMany(findings => findings)];

    private static async Task<IEnumerable<string>> FindingsAsync(Rendering rendering, Task<ILookup<Manifest, string>> all)
    {
        var findings = await all;
        return rendering.Objects.SelectMany(manifest => findings[manifest]);
    }

    private static async Task<ILookup<Manifest, string>> CheckAllAsync(string version, Func<Manifest, bool> which)
    {
        var all = (await Rendering.AllObjectsAsync()).Where(which).GroupBy(manifest => manifest.Yaml).ToList();
        var findings = await CheckAsync(version, [.. all.Select(same => same.First())]);
        return all.Zip(findings)
            .SelectMany(pair => pair.First.SelectMany(manifest => pair.Second.Select(finding => (manifest, finding))))
            .ToLookup(pair => pair.manifest, pair => pair.finding);
    }

    private static async Task<IReadOnlyList<string[]>> CheckAsync(string version, IReadOnlyList<Manifest> objects)
    {
        var request = new JsonObject { ["version"] = version, ["objects"] = new JsonArray([.. objects.Select(o => o.Json.DeepClone())]) };
        var answer = await Tool.RunAsync(Need("node"), [Path.Combine(await Installed.Value, "check.mjs")], request.ToJsonString());
        var findings = JsonSerializer.Deserialize<string[][]>(answer)!;
        Assert.Equal(objects.Count, findings.Length);
        return [.. objects.Zip(findings).Select(pair => pair.Second.Select(finding => $"{pair.First}: {finding}").ToArray())];
    }

    /// <summary>Installs what the lock file says, unless it is there.</summary>
    private static async Task<string> InstallAsync()
    {
        const string Lock = "package-lock.json";
        var target = Directory.CreateDirectory(Path.Combine(DeployFiles.Root, "artifacts", "api-schemas")).FullName;
        var stamp = Path.Combine(target, "installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(Source, Lock));
        foreach (var file in new[] { "package.json", Lock, "check.mjs" })
        {
            File.Copy(Path.Combine(Source, file), Path.Combine(target, file), overwrite: true);
        }

        if (!File.Exists(stamp) || await File.ReadAllTextAsync(stamp) != wanted)
        {
            await Tool.RunAsync(Need("npm"), ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], directory: target);
            await File.WriteAllTextAsync(stamp, wanted);
        }

        return target;
    }

    private static string Need(string name) => Tool.Find(name)
        ?? throw new InvalidOperationException($"'{name}' is not in PATH. These tests need Node.js 18 or later and npm: ./test.sh installs "
            + "them (Debian, Ubuntu: apt-get install nodejs npm).");
}
