using System.Text;
using Bookinfo.Cli.Images;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Tests;

/// <summary>What the tool reads of an archive of an image.</summary>
public sealed class ImageArchiveTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-archive-");

    private string ArchiveFile => Path.Combine(_directory.FullName, "details.tar");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compressed_layers_are_as_large_as_they_are_pulled(bool nested)
    {
        var small = ImageArchives.Zip(ImageArchives.Layer(10_000));
        var large = ImageArchives.Zip(ImageArchives.Layer(1_000_000));
        var digest = ImageArchives.Write(ArchiveFile, [small, large], nested);

        var archive = await ReadAsync();

        Assert.Equal(digest, archive.Digest);
        Assert.Equal(
            [(10_000L, (long)small.Length), (1_000_000L, (long)large.Length)],
            archive.Layers.Select(layer => (layer.Bytes, layer.CompressedBytes)));
        Assert.Equal((1_010_000L, (long)small.Length + large.Length), (archive.Bytes, archive.CompressedBytes));
    }

    [Fact]
    public async Task Layers_that_are_saved_as_they_are_are_compressed_to_see()
    {
        var plain = ImageArchives.Layer(1_000_000);
        var digest = ImageArchives.Write(ArchiveFile, [plain]);

        var archive = await ReadAsync();

        Assert.Equal(digest, archive.Digest);
        Assert.Equal((1_000_000L, (long)ImageArchives.Zip(plain).Length), (archive.Bytes, archive.CompressedBytes));
    }

    [Fact]
    public async Task An_archive_without_an_index_is_refused()
    {
        ImageArchives.Write(ArchiveFile, [], damage: files => files.Remove("index.json"));

        Assert.Contains("an index, a manifest or a layer is missing or damaged; docker must be version 25 or newer", await FailureAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"manifests":[]}""")]
    [InlineData("""{"manifests":[{}]}""")]
    [InlineData("""{"manifests":{"digest":1}}""")]
    [InlineData("""{"manifests":[{"digest":1}]}""")]
    [InlineData("{")]
    public async Task An_index_that_names_no_manifest_is_refused(string index)
    {
        ImageArchives.Write(ArchiveFile, [], damage: files => files["index.json"] = Encoding.UTF8.GetBytes(index));

        Assert.StartsWith("details.tar is not an archive of an image in the OCI layout:", await FailureAsync());
    }

    [Fact]
    public async Task A_layer_that_is_not_there_is_noticed()
    {
        ImageArchives.Write(
            ArchiveFile, [ImageArchives.Layer(5)], damage: files => files.Remove(files.Single(file => file.Value.Length == 5).Key));

        Assert.Contains("a layer is missing", await FailureAsync());
    }

    [Fact]
    public async Task A_manifest_that_was_changed_is_noticed()
    {
        ImageArchives.Write(ArchiveFile, [], damage: files =>
        {
            var manifest = files.Single(
                file => Encoding.UTF8.GetString(file.Value).Contains("image.manifest", StringComparison.Ordinal)).Key;
            files[manifest] = [.. files[manifest], (byte)' '];
        });

        Assert.Contains("its manifest has another digest than sha256:", await FailureAsync());
    }

    [Fact]
    public async Task An_archive_that_was_cut_off_is_refused()
    {
        ImageArchives.Write(ArchiveFile, [ImageArchives.Layer(100_000)]);
        await using (var file = File.OpenWrite(ArchiveFile))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Contains("a layer is missing or damaged", await FailureAsync());
    }

    [Fact]
    public async Task An_archive_that_nobody_wrote_is_no_archive() =>
        Assert.StartsWith("details.tar is not an archive", await FailureAsync());

    [Fact]
    public async Task What_is_no_archive_at_all_is_refused()
    {
        await File.WriteAllTextAsync(ArchiveFile, new string('x', 2000), TestContext.Current.CancellationToken);

        Assert.StartsWith("details.tar is not an archive of an image in the OCI layout:", await FailureAsync());
    }

    private Task<ImageArchive> ReadAsync() =>
        ImageArchive.ReadAsync(ArchiveFile, BuilderKind.Docker, TestContext.Current.CancellationToken);

    private async Task<string> FailureAsync()
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(ReadAsync);
        Assert.Equal(FailureKind.BuildFailed, failure.Kind);
        return failure.Message;
    }
}
