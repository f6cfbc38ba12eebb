using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Bookinfo.ServiceDefaults.Telemetry;

namespace Services.Tests;

/// <summary>The ids of requests that bring none.</summary>
public sealed partial class RequestIdsTests
{
    [Fact]
    public void Ids_made_on_many_threads_are_all_different_and_UUIDs_of_version_4()
    {
        var ids = new ConcurrentBag<string>();
        Parallel.For(0, 10_000, _ => ids.Add(RequestIds.Next()));

        Assert.Equal(10_000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches(Version4(), id));
    }

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex Version4();
}
