using Xunit.Sdk;
using Xunit.v3;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Begins with the collections that take longest. Of those that run beside each other, one that begins late would be left to run alone.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(ImageContexts), nameof(FreshCloneTests), nameof(UpEndTests), nameof(VanishingTerminalTests), nameof(UpTests),
        nameof(LoadSearchTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [
            .. testCollections.OrderBy(collection => Array.FindIndex(
                Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) is var place and >= 0
                    ? place
                    : Longest.Length),
        ];
}
