namespace EndToEnd.Tests;

/// <summary>The tests that change what is not in any namespace: no other runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeCluster
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "The whole cluster";
}
