namespace Bookinfo.Measurement;

/// <summary>How services are set up, in words: what is the same for several services is said once.</summary>
internal static class SetupText
{
    private const string Usual = "usual";
    private const string None = "none";

    /// <summary>The setup of the services, for a report.</summary>
    /// <param name="setup">The setup; <see langword="null"/> when it is not known.</param>
    /// <returns>Names of facts with their values; none of what is not known or usual.</returns>
    public static IEnumerable<(string What, string Value)> Facts(IReadOnlyList<ServiceSetup>? setup) =>
        from fact in (setup ?? []).SelectMany(service => Read(service).Select(fact => (service.Service, fact.What, fact.Value)))
        group fact by (fact.What, fact.Value) into same
        select ($"{same.Key.What} of {Names([.. same.Select(fact => fact.Service)], setup!.Count)}", same.Key.Value);

    /// <summary>Finds what differs in the setup of two systems. What is not known of one of them does not count.</summary>
    /// <param name="before">The first; <see langword="null"/> when it is not known.</param>
    /// <param name="after">The second; likewise.</param>
    /// <returns>A sentence for each difference.</returns>
    public static IEnumerable<string> Differences(IReadOnlyList<ServiceSetup>? before, IReadOnlyList<ServiceSetup>? after)
    {
        var pairs = (before ?? []).Join(
            after ?? [], static first => first.Service, static second => second.Service, static (first, second) => (first, second))
            .ToList();
        var differences =
            from pair in pairs
            let first = ByKind(pair.first)
            let second = ByKind(pair.second)
            from key in first.Keys.Union(second.Keys)
            where Knows(pair.first, key.Kind) && Knows(pair.second, key.Kind)
            let valueBefore = first.GetValueOrDefault(key) ?? Missing(key.Kind)
            let valueAfter = second.GetValueOrDefault(key) ?? Missing(key.Kind)
            where valueBefore != valueAfter
            group pair.first.Service by (key.What, Before: valueBefore, After: valueAfter);
        return differences.Select(
            same => $"{same.Key.What} of {Names([.. same], pairs.Count)}: {same.Key.Before} before, {same.Key.After} after.");
    }

    /// <summary>The facts by kind and name. A variable may be called as another fact is, and a file may name a container twice.</summary>
    private static Dictionary<(FactKind Kind, string What), string> ByKind(ServiceSetup setup) =>
        Read(setup).DistinctBy(static fact => (fact.Kind, fact.What))
            .ToDictionary(static fact => (fact.Kind, fact.What), static fact => fact.Value);

    private static IEnumerable<Fact> Read(ServiceSetup setup)
    {
        if (setup.Build is { } build)
        {
            yield return new Fact(FactKind.Build, "Build", build == ServiceSetup.Jit ? "JIT" : build);
        }

        if (setup.Program is { } program)
        {
            yield return new Fact(FactKind.Program, "Version", program);
        }

        foreach (var (name, value) in setup.Variables ?? new Dictionary<string, string>())
        {
            yield return new Fact(FactKind.Variable, name, value.Length == 0 ? "not set" : value);
        }

        foreach (var (index, container) in (setup.Containers ?? []).Index())
        {
            if (index == 0)
            {
                yield return new Fact(FactKind.Container, "Image", container.Image);
                yield return new Fact(FactKind.Container, "Resources", Resources(container));
            }
            else
            {
                yield return new Fact(FactKind.Container, $"Container {container.Name}", $"{container.Image} ({Resources(container)})");
            }
        }

        if (setup.Nodes is { Count: > 0 } nodes)
        {
            yield return new Fact(FactKind.Node, "Nodes", string.Join(", ", nodes));
        }
    }

    private static bool Knows(ServiceSetup setup, FactKind kind) => kind switch
    {
        FactKind.Build => setup.Build is not null,
        FactKind.Program => setup.Program is not null,
        FactKind.Variable => setup.Variables is not null,
        FactKind.Container => setup.Containers is not null,
        _ => setup.Nodes is not null,
    };

    private static string Missing(FactKind kind) => kind == FactKind.Variable ? Usual : None;

    private static string Resources(ContainerSetup container)
    {
        static string Part(string what, string? cpu, string? memory) =>
            $"{what} {(cpu is null && memory is null ? None : string.Join(", ", new[]
            {
                cpu is null ? null : $"{cpu} CPU", memory is null ? null : $"{memory} memory",
            }.OfType<string>()))}";
        return Part("requests", container.CpuRequest, container.MemoryRequest) + "; "
            + Part("limits", container.CpuLimit, container.MemoryLimit);
    }

    private static string Names(IReadOnlyList<string> services, int all) =>
        services.Count == all && all > 1 ? FigureComparison.AllServices : string.Join(", ", services);

    private sealed record Fact(FactKind Kind, string What, string Value);

    private enum FactKind
    {
        Build,
        Program,
        Variable,
        Container,
        Node,
    }
}
