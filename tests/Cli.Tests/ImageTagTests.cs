using Bookinfo.Cli.Images;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Tests;

/// <summary>Where the default tag comes from.</summary>
public sealed class ImageTagTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-tag-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("images:\n  - name: a\n    newTag: 0.1.0\n", "0.1.0")]
    [InlineData("    newTag: \"1.0\" # the one place\n", "1.0")]
    [InlineData("    newTag: 'v2'\n", "v2")]
    public async Task It_is_the_one_in_the_base(string kustomization, string tag)
    {
        await WriteAsync(kustomization);
        Assert.Equal(tag, Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("    newName: a\n")]
    [InlineData("#   newTag: 0.1.0\n")]
    [InlineData("    newTag: -1\n")]
    public async Task Without_it_one_has_to_be_given(string kustomization)
    {
        await WriteAsync(kustomization);
        Assert.Equal(
            "deploy/parts/pod/kustomization.yaml has no line 'newTag: ...' with a tag: give one with --tag.",
            Assert.Throws<OperationFailedException>(Read).Message);
    }

    [Fact]
    public void Without_the_file_one_has_to_be_given() =>
        Assert.EndsWith("give one with --tag.", Assert.Throws<OperationFailedException>(Read).Message);

    private async Task WriteAsync(string kustomization)
    {
        var directory = _directory.CreateSubdirectory("deploy").CreateSubdirectory("parts").CreateSubdirectory("pod");
        await File.WriteAllTextAsync(
            Path.Combine(directory.FullName, "kustomization.yaml"), kustomization, TestContext.Current.CancellationToken);
    }

    private string Read() => ImageTag.Read(new SourceTree(_directory.FullName));
}
