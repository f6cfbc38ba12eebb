using Bookinfo.Foundation;

namespace Bookinfo.Local.Tests;

/// <summary>Which of the things that look like the lock of a run are one.</summary>
public sealed class RunLockTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly SourceTree _tree;

    public RunLockTests() => _tree = new SourceTree(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(65535, 65535)]
    [InlineData(70000)]
    [InlineData(0)]
    public void Only_a_port_that_can_be_is_that_of_a_run(int port, params int[] found)
    {
        using var held = RunLock.Take(_tree, port);

        Assert.Equal(found, RunLock.FindHeld(_tree));
    }

    [Fact]
    public void A_link_that_leads_to_itself_is_nobodys_lock()
    {
        var logs = Directory.CreateDirectory(_tree.Logs(31080));
        File.CreateSymbolicLink(Path.Combine(logs.FullName, "up.lock"), "up.lock");

        Assert.Empty(RunLock.FindHeld(_tree));
    }
}
