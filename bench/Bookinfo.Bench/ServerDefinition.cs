namespace Bookinfo.Bench;

/// <summary>How to start a server.</summary>
/// <param name="Name">What it is called in results.</param>
/// <param name="Program">The executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Environment variables besides those that are there.</param>
/// <param name="Port">Where it will listen.</param>
/// <param name="ReadyPath">What answers with 200 when it is ready.</param>
internal sealed record ServerDefinition(
    string Name,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    int Port,
    string ReadyPath);
