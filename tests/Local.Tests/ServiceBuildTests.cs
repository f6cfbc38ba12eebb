using Bookinfo.Foundation;

namespace Bookinfo.Local.Tests;

public sealed class ServiceBuildTests : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory();

    public void Dispose() => _parent.Delete(recursive: true);

    [Theory]
    [InlineData("a;b", ';', false)]
    [InlineData("a#b", '#', false)]
    [InlineData("a;b", ';', true)]
    [InlineData("it's", '\'', true)]
    public async Task Says_which_character_of_its_path_the_SDK_cannot_do_with(string name, char trouble, bool native)
    {
        // Enough of a working copy that it has sources.
        var root = _parent.CreateSubdirectory(name);
        root.CreateSubdirectory("src");

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() =>
            new ServiceBuild(new SourceTree(root.FullName), new NoProgress(), TimeProvider.System)
                .RunAsync(native, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.BuildFailed, failure.Kind);
        Assert.Equal($"the path of this working copy has a {trouble} in it, with which the SDK cannot build the services: move it, or "
            + $"clone it to a path without.", failure.Message);
        Assert.False(Directory.Exists(Path.Combine(root.FullName, "artifacts")));
    }

    private sealed class NoProgress : IWorkProgress
    {
        public Task RunAsync(string what, Func<Action<string>, Task> work) => work(static _ => { });
    }
}
