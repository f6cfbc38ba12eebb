using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// Which way the arrows go between projects, and between the folders of ServiceDefaults: as docs/architecture.md draws them, and no other
/// way.
/// </summary>
public sealed partial class ArchitectureTests
{
    private const string Prefix = "Bookinfo.";

    private static string Sources => Path.Combine(WorkingCopy.Root, "src");

    [Fact]
    public void Projects_refer_to_each_other_as_the_diagram_says()
    {
        // 'the services' are those of the catalog.
        var services = ServiceCatalog.All.Select(service => service.Project[Prefix.Length..]).ToList();
        var drawn = Drawn("### Projects")
            .SelectMany(arrow => (arrow.From == "the services" ? services : [arrow.From]).Select(from => (from, arrow.To))).ToHashSet();

        var actual = Directory.EnumerateFiles(Sources, "*.csproj", SearchOption.AllDirectories).SelectMany(project =>
            References(project).Select(reference => (Name(project), Name(reference)))).ToHashSet();

        Assert.Equal(drawn.Order(), actual.Order());
        AssertNoCycle(actual);
    }

    [Fact]
    public void Folders_of_ServiceDefaults_use_only_those_that_the_diagram_lets_them()
    {
        var drawn = Drawn("### Folders of ServiceDefaults");
        var folders = drawn.SelectMany(arrow => new[] { arrow.From, arrow.To }).ToHashSet();
        var root = Path.Combine(Sources, "Bookinfo.ServiceDefaults");
        Assert.Equal(folders.Order(), Directory.EnumerateDirectories(root).Select(directory => Path.GetFileName(directory)).Order());
        Assert.Empty(Directory.EnumerateFiles(root, "*.cs"));

        var used = new HashSet<(string From, string To)>();
        foreach (var folder in folders)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            {
                var text = File.ReadAllText(file);
                Assert.Matches($@"(?m)^namespace Bookinfo\.ServiceDefaults\.{folder};$", text);
                used.UnionWith(Uses().Matches(Comments().Replace(text, "")).Select(match => match.Groups["folder"].Value)
                    .Where(other => folders.Contains(other) && other != folder)
                    .Select(other => (folder, other)));
            }
        }

        Assert.Empty(used.Except(drawn).Select(arrow => $"{arrow.From} -> {arrow.To}"));
        // An arrow that nothing goes along is not one.
        Assert.Empty(drawn.Except(used).Select(arrow => $"{arrow.From} -> {arrow.To}"));
        AssertNoCycle(used);
    }

    [Fact]
    public void One_folder_writes_the_JSON_of_answers()
    {
        var folders = ServiceCatalog.All.Select(service => service.Project).Append("Bookinfo.ServiceDefaults");
        foreach (var file in folders.SelectMany(
            folder => Directory.EnumerateFiles(Path.Combine(Sources, folder), "*.cs", SearchOption.AllDirectories)))
        {
            if (Path.GetFileName(Path.GetDirectoryName(file)) != "Answers")
            {
                var text = Comments().Replace(File.ReadAllText(file), "");
                Assert.DoesNotMatch(@"new ErrorMessage\(|ContentType = ""application/json""", text);
            }
        }
    }

    [Fact]
    public void Internals_are_visible_to_the_projects_own_tests_only()
    {
        foreach (var project in Directory.EnumerateFiles(Sources, "*.csproj", SearchOption.AllDirectories))
        {
            var seenBy = XDocument.Load(project).Descendants("InternalsVisibleTo").Select(one => one.Attribute("Include")!.Value).ToList();
            string[] own = Name(project) switch
            {
                // The services are tested together, and so are the load generator and what Bookinfo adds to it.
                "ServiceDefaults" or "Contracts" => ["Services.Tests"],
                var name when ServiceCatalog.All.Any(service => service.Project == Prefix + name) => ["Services.Tests"],
                "Traffic" or "LoadWorker" => ["Load.Tests"],
                var name => [$"{name}.Tests"],
            };
            Assert.Empty(seenBy.Except(own).Select(other => $"{Name(project)} is visible to {other}"));
        }
    }

    [Fact]
    public void The_load_generator_knows_no_Bookinfo()
    {
        string[] words = ["productpage", "reviews", "ratings", @"Bookinfo\.(Contracts|Traffic)"];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Sources, "Bookinfo.Load"), "*.cs", SearchOption.AllDirectories))
        {
            var text = Comments().Replace(File.ReadAllText(file), "");
            Assert.Empty(words.Where(word => Regex.IsMatch(text, $@"\b{word}\b", RegexOptions.IgnoreCase))
                .Select(word => $"{Path.GetFileName(file)}: {word}"));
        }
    }

    /// <summary>The arrows of a diagram: lines such as <c>A, B -> C, D</c>, indented below a heading of the document.</summary>
    private static HashSet<(string From, string To)> Drawn(string heading)
    {
        var lines = File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "architecture.md"))
            .SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal));
        var arrows = lines.Select(
            line => line.Split("->") is [var from, var to] ? (From: Names(from), To: Names(to)) : throw new FormatException(line))
            .SelectMany(line => line.From.SelectMany(from => line.To.Select(to => (from, to)))).ToHashSet();
        Assert.NotEmpty(arrows);
        return arrows;
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries);

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project)[Prefix.Length..];

    /// <summary>The projects that one refers to, also by a file that it imports.</summary>
    private static IEnumerable<string> References(string file)
    {
        var project = XDocument.Load(file);
        return project.Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value)
            .Concat(project.Descendants("Import").Select(import => import.Attribute("Project")!.Value)
                .SelectMany(import => References(Path.GetFullPath(import, Path.GetDirectoryName(file)!))));
    }

    private static void AssertNoCycle(IReadOnlyCollection<(string From, string To)> arrows)
    {
        void Visit(string name, IReadOnlyList<string> way)
        {
            Assert.DoesNotContain(name, way);
            foreach (var (_, to) in arrows.Where(arrow => arrow.From == name))
            {
                Visit(to, [.. way, name]);
            }
        }

        foreach (var from in arrows.Select(arrow => arrow.From).Distinct())
        {
            Visit(from, []);
        }
    }

    [GeneratedRegex(
        @"\bServiceDefaults\.(?<folder>[A-Z]\w*)\b|(?<![.\w])(?<folder>Configuration|Logging|Telemetry|Backends|Hosting)\.[A-Z]")]
    private static partial Regex Uses();

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();
}
