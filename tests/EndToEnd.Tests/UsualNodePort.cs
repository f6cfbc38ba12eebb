namespace EndToEnd.Tests;

/// <summary>
/// The tests that need the usual namespace or the usual node port for themselves: one after another, beside those that do not.
/// </summary>
[CollectionDefinition(Name)]
public sealed class UsualNodePort
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "The usual node port";
}
