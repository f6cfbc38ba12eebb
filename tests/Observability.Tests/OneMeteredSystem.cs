namespace Observability.Tests;

/// <summary>
/// The tests that share one running system. The others need none, and say what is wrong with the files when it cannot even start.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OneMeteredSystem : ICollectionFixture<MeteredSystem>
{
    public const string Name = "metered system";
}
