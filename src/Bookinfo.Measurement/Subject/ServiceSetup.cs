namespace Bookinfo.Measurement;

/// <summary>
/// How a service that was measured is set up: what may make two systems differ other than the change between them. What is not known is
/// <see langword="null"/>.
/// </summary>
/// <param name="Service">The service with its version, as in <see cref="ServiceFacts.Name"/>.</param>
/// <param name="Build"><see cref="Native"/> or <see cref="Jit"/>.</param>
/// <param name="Program">The version of the program that runs it on this machine (<c>up</c>).</param>
/// <param name="Variables">Its environment variables that differ from the usual ones, as <see cref="UnusualVariables"/> says.</param>
/// <param name="Containers">The containers of its pods, its own first.</param>
/// <param name="Nodes">The nodes of its pods, each once.</param>
public sealed record ServiceSetup(
    string Service,
    string? Build,
    string? Program,
    IReadOnlyDictionary<string, string>? Variables,
    IReadOnlyList<ContainerSetup>? Containers,
    IReadOnlyList<string>? Nodes)
{
    /// <summary>A native executable.</summary>
    public const string Native = "native";

    /// <summary>Compiled while it runs.</summary>
    public const string Jit = "jit";
}

/// <summary>A container: what it runs, and how much of the node it may use. Amounts are as in the manifest, such as <c>100m</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="CpuRequest">The processor time that is set aside for it; <see langword="null"/> for none.</param>
/// <param name="CpuLimit">The most processor time; <see langword="null"/> for no limit.</param>
/// <param name="MemoryRequest">The memory that is set aside for it; <see langword="null"/> for none.</param>
/// <param name="MemoryLimit">The most memory; <see langword="null"/> for no limit.</param>
public sealed record ContainerSetup(
    string Name, string Image, string? CpuRequest, string? CpuLimit, string? MemoryRequest, string? MemoryLimit);
