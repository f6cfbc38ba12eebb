using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Images;

/// <summary>What an archive of an image holds, as the OCI image layout has it. Docker writes that, too, since version 25.</summary>
/// <param name="Digest">The digest of the manifest, by which a registry knows the image.</param>
/// <param name="Layers">The layers, the base's first.</param>
internal sealed record ImageArchive(string Digest, IReadOnlyList<ImageLayer> Layers)
{
    /// <summary>More than any manifest has: 4 MiB, which is what registries take.</summary>
    private const long LargestManifest = 4 * 1024 * 1024;

    private static readonly string[] Indexes =
        ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

    /// <summary>The size of all layers, uncompressed, in bytes.</summary>
    public long Bytes => Layers.Sum(layer => layer.Bytes);

    /// <summary>The size of all layers as they are pulled, in bytes.</summary>
    public long CompressedBytes => Layers.Sum(layer => layer.CompressedBytes);

    /// <summary>Reads an archive and measures its layers.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="kind">What has written it.</param>
    /// <param name="cancellationToken">Ends that.</param>
    /// <exception cref="OperationFailedException">It is not such an archive.</exception>
    public static async Task<ImageArchive> ReadAsync(string path, BuilderKind kind, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(path, [], [], cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or EndOfStreamException
            or KeyNotFoundException or JsonException or InvalidOperationException or NullReferenceException or ArgumentOutOfRangeException)
        {
            var advice = kind == BuilderKind.Docker ? "; docker must be version 25 or newer" : "";
            throw Unreadable(path, File.Exists(path)
                ? $"an index, a manifest or a layer is missing or damaged{advice}"
                : $"{kind.ToString().ToLowerInvariant()} has not written it");
        }
    }

    private static async Task<ImageArchive> ReadAsync(
        string path, Dictionary<string, byte[]> texts, Dictionary<string, ImageLayer> layers, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var archive = new TarReader(file);
        while (await archive.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.DataStream is not { } data)
            {
                continue;
            }

            var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            var start = new byte[2];
            await data.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
            data.Position = 0;
            if (start[0] == '{' && entry.Length <= LargestManifest)
            {
                texts[name] = new byte[entry.Length];
                await data.ReadExactlyAsync(texts[name], cancellationToken);
            }
            else if (name.StartsWith("blobs/", StringComparison.Ordinal))
            {
                layers[name] = await MeasureAsync(DigestOf(name), data, isCompressed: start is [0x1f, 0x8b], cancellationToken);
            }
        }

        var manifest = texts["index.json"];
        string digest;
        do
        {
            digest = (string)JsonNode.Parse(manifest)!["manifests"]![0]!["digest"]!;
            manifest = texts[FileOf(digest)];
            if (digest != $"sha256:{Convert.ToHexStringLower(SHA256.HashData(manifest))}")
            {
                throw Unreadable(path, $"its manifest has another digest than {digest}");
            }
        }
        while (Indexes.Contains((string?)JsonNode.Parse(manifest)!["mediaType"]));

        return new ImageArchive(
            digest, [.. JsonNode.Parse(manifest)!["layers"]!.AsArray().Select(layer => layers[FileOf((string)layer!["digest"]!)])]);
    }

    private static OperationFailedException Unreadable(string path, string why) =>
        new(FailureKind.BuildFailed, $"{Path.GetFileName(path)} is not an archive of an image in the OCI layout: {why}.");

    private static string FileOf(string digest) => $"blobs/{digest.Replace(':', '/')}";

    private static string DigestOf(string file) => file["blobs/".Length..].Replace('/', ':');

    private static async Task<ImageLayer> MeasureAsync(string digest, Stream blob, bool isCompressed, CancellationToken cancellationToken)
    {
        var length = blob.Length;
        await using var other = new CountingStream();
        if (isCompressed)
        {
            await using var uncompressed = new GZipStream(blob, CompressionMode.Decompress, leaveOpen: true);
            await uncompressed.CopyToAsync(other, cancellationToken);
            return new ImageLayer(digest, other.Count, length);
        }

        // Docker saves layers as they are and compresses them on the way to a registry.
        await using (var compressed = new GZipStream(other, CompressionLevel.Optimal, leaveOpen: true))
        {
            await blob.CopyToAsync(compressed, cancellationToken);
        }

        return new ImageLayer(digest, length, other.Count);
    }
}

/// <summary>Takes bytes, counts them and forgets them.</summary>
internal sealed class CountingStream : Stream
{
    /// <summary>How many bytes were written.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => Count;

    /// <inheritdoc/>
    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Count += count;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>A layer of an image.</summary>
/// <param name="Digest">The digest of its blob; layers of several images with the same one are stored and pulled once.</param>
/// <param name="Bytes">Its size, uncompressed.</param>
/// <param name="CompressedBytes">Its size as it is pulled.</param>
internal sealed record ImageLayer(string Digest, long Bytes, long CompressedBytes);

/// <summary>An image that was built.</summary>
/// <param name="Program">What is in it.</param>
/// <param name="Name">Its full name.</param>
/// <param name="Archive">What it consists of.</param>
/// <param name="File">The full path of its archive; <see langword="null"/> when it was not to be saved.</param>
internal sealed record BuiltImage(NativeProgram Program, string Name, ImageArchive Archive, string? File);
