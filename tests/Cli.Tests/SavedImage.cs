using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Bookinfo.Cli.Tests;

/// <summary>An image as it lies in an OCI archive, read without any code of the tool that made it.</summary>
internal sealed class SavedImage
{
    private readonly Dictionary<string, byte[]> _files = [];

    public SavedImage(string path)
    {
        using var archive = new TarReader(File.OpenRead(path));
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                _files[entry.Name] = new byte[entry.Length];
                data.ReadExactly(_files[entry.Name]);
            }
        }

        Index = Json("index.json")["manifests"]!.AsArray().Single()!;
        Digest = (string)Index["digest"]!;
        var manifest = Blob(Digest);
        Config = Blob((string)manifest["config"]!["digest"]!);
        LayerDigests = [.. manifest["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!)];
        CompressedBytes = manifest["layers"]!.AsArray().Sum(layer => (long)layer!["size"]!);
        Layers = [.. LayerDigests.Select(digest => Unzip(_files[FileOf(digest)]))];
        Entries = [.. Layers.SelectMany(Read)];
    }

    /// <summary>What the archive says of the image: its digest and its name.</summary>
    public JsonNode Index { get; }

    public string Digest { get; }

    public JsonNode Config { get; }

    public IReadOnlyList<string> LayerDigests { get; }

    /// <summary>The layers, uncompressed.</summary>
    public IReadOnlyList<byte[]> Layers { get; }

    public long Bytes => Layers.Sum(layer => (long)layer.Length);

    public long CompressedBytes { get; }

    /// <summary>What is in the layers, the base's first. The data of regular files has been read.</summary>
    public IReadOnlyList<TarEntry> Entries { get; }

    public byte[] Content(string path)
    {
        var data = (MemoryStream)Entries.Single(entry => $"/{entry.Name}" == path).DataStream!;
        return data.ToArray();
    }

    /// <summary>Writes its files to a directory.</summary>
    public void Unpack(string directory)
    {
        foreach (var entry in Entries)
        {
            var path = Path.Combine(directory, entry.Name.TrimEnd('/'));
            if (entry.EntryType == TarEntryType.Directory)
            {
                Directory.CreateDirectory(path);
            }
            else if (entry.EntryType == TarEntryType.SymbolicLink)
            {
                // As it is, though it leads out of the directory: it is followed from inside only.
                File.CreateSymbolicLink(path, entry.LinkName);
            }
            else
            {
                File.WriteAllBytes(path, ((MemoryStream)entry.DataStream!).ToArray());
                File.SetUnixFileMode(path, entry.Mode);
            }
        }
    }

    private static string FileOf(string digest) => $"blobs/{digest.Replace(':', '/')}";

    private static byte[] Unzip(byte[] compressed)
    {
        using var zip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static IEnumerable<TarEntry> Read(byte[] layer)
    {
        var reader = new TarReader(new MemoryStream(layer));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            yield return entry;
        }
    }

    private JsonNode Blob(string digest) => Json(FileOf(digest));

    private JsonNode Json(string file) => JsonNode.Parse(_files[file])!;
}
