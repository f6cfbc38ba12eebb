namespace EndToEnd.Tests;

/// <summary>The tests that deploy into the usual namespace, each from nothing: no other may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UsualNamespace
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "The usual namespace";
}
