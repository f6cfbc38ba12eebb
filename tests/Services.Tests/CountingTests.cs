namespace Services.Tests;

/// <summary>
/// Tests that count what a service has counted. An exporter listens to every meter of a name in its process, so while they run no other
/// service may.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountingTests
{
    public const string Name = "Counting";
}
