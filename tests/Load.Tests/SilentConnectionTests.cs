using System.Collections.Concurrent;
using Bookinfo.Measurement;
using Bookinfo.ToolTesting;

namespace Bookinfo.Load.Tests;

/// <summary>More connections than a proxy on the way serves.</summary>
public sealed class SilentConnectionTests
{
    [Fact]
    public async Task Connections_that_nobody_serves_are_counted_and_told()
    {
        // A proxy that serves two connections at a time, and leaves the others waiting.
        var served = new ConcurrentDictionary<Stream, bool>();
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            lock (served)
            {
                served.TryAdd(stream, served.Count < 2);
            }

            if (!served[stream])
            {
                await Task.Delay(-1, cancellationToken);
            }

            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });

        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 8, seconds: 3, connections: 4, timeoutSeconds: 1));

        Assert.InRange(result.SilentConnections, 2, 3);
        Assert.Equal(
            $"{result.SilentConnections} of 4 connections got no answer to any request, and the others did. A proxy that serves fewer at "
            + $"a time leaves the rest waiting: try --connections {4 - result.SilentConnections}.",
            Assert.Single(AnswerCheck.Check(result)).Text);
        // Where nobody is served, that is another trouble.
        Assert.Empty(AnswerCheck.Check(result with { SilentConnections = 4 }));
        Assert.Equal(4, LoadResult.Merge(result.Plan, [result with { SilentConnections = 1 }, result with { SilentConnections = 3 }])
            .SilentConnections);
    }
}
