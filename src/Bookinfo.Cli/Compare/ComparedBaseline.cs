namespace Bookinfo.Cli.Compare;

/// <summary>One of two baselines that are compared.</summary>
/// <param name="File">Where it was read from.</param>
/// <param name="Name">What its user called it.</param>
/// <param name="Program">The version of the program that measured it.</param>
/// <param name="StartedAt">When it was measured.</param>
/// <param name="Target">The address that was measured.</param>
/// <param name="Mesh">The meshes that were seen in the pods.</param>
internal sealed record ComparedBaseline(string File, string Name, string Program, DateTimeOffset StartedAt, string Target, IReadOnlyList<string> Mesh);
