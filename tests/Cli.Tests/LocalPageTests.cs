using Bookinfo.Cli.Sessions;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Tests;

/// <summary>Which <c>up</c> of this working copy <c>load</c> and <c>baseline</c> take when no address is given.</summary>
public sealed class LocalPageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(30080)]
    [InlineData(30080, 30080)]
    [InlineData(31080, 31080)]
    [InlineData(30080, 30080, 31080)]
    [InlineData(31080, 31090, 31080)]
    public async Task The_usual_one_is_taken_and_else_the_one_that_runs(int taken, params int[] running)
    {
        var tree = new SourceTree(_directory.FullName);
        // One that has ended leaves its file.
        RunLock.Take(tree, 31070).Dispose();
        var locks = running.Select(port => RunLock.Take(tree, port)).ToList();

        Assert.Equal(running.Order(), RunLock.FindHeld(tree));
        Assert.Equal(new Uri($"http://localhost:{taken}"), await LocalPage.FindAsync(tree));

        locks.ForEach(one => one.Dispose());
        Assert.Empty(RunLock.FindHeld(tree));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(null, 30080)]
    [InlineData("Using http://localhost:31080/, where 'up' of this working copy runs.", 31080)]
    [InlineData(
        "Using http://localhost:30080/, where 'up' of this working copy runs. Another runs on port 31080: to use that one, say so.", 30080,
        31080)]
    [InlineData(
        "Using http://localhost:31080/, where 'up' of this working copy runs. Others run on ports 31090, 31100: to use one of those, say "
            + "so.",
        31080, 31090, 31100)]
    public void Which_one_it_is_is_said_unless_it_is_the_usual_one(string? message, params int[] running) =>
        Assert.Equal(message, LocalPage.Choose(running, "say so").Message);

    [Fact]
    public async Task Whoever_looks_keeps_nobody_from_starting()
    {
        var tree = new SourceTree(_directory.FullName);
        RunLock.Take(tree, 31080).Dispose();
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    RunLock.FindHeld(tree);
                }
            },
            TestContext.Current.CancellationToken);

        for (var start = 0; start < 200; start++)
        {
            RunLock.Take(tree, 31080).Dispose();
        }

        await stop.CancelAsync();
        await looking;
    }
}
