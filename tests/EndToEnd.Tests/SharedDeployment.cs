namespace EndToEnd.Tests;

/// <summary>
/// The tests that share one deployment of the application in the usual namespace, and put back what they change in it. Some load the
/// machine fully, so no other runs meanwhile.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedDeployment : ICollectionFixture<Deployed>
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "Deployed with kubectl";
}
