using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bookinfo.Cli.Tests;

/// <summary>Writes archives of images as the tools do.</summary>
internal static class ImageArchives
{
    /// <summary>A layer of so many bytes that compress well.</summary>
    public static byte[] Layer(int bytes) => new byte[bytes];

    public static byte[] Zip(byte[] plain)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Optimal))
        {
            zip.Write(plain);
        }

        return zipped.ToArray();
    }

    /// <summary>Writes an archive in the OCI layout.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="layers">Its layers, as they lie in it.</param>
    /// <param name="nested">Whether the index names another one, as docker's does with its newer image store.</param>
    /// <param name="damage">Changes the files before they are written.</param>
    /// <returns>The digest of the manifest.</returns>
    public static string Write(string path, byte[][] layers, bool nested = false, Action<Dictionary<string, byte[]>>? damage = null)
    {
        var files = new Dictionary<string, byte[]> { ["oci-layout"] = Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}""") };
        string Add(byte[] content)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(content));
            files[$"blobs/sha256/{digest}"] = content;
            return $"sha256:{digest}";
        }

        string AddJson(JsonObject json) => Add(Encoding.UTF8.GetBytes(json.ToJsonString()));
        JsonObject Index(string digest) => new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(new JsonObject { ["digest"] = digest }),
        };
        var digest = AddJson(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = new JsonObject { ["digest"] = AddJson([]) },
            ["layers"] = new JsonArray([.. layers.Select(layer => new JsonObject { ["digest"] = Add(layer) })]),
        });
        files["index.json"] = Encoding.UTF8.GetBytes(Index(nested ? AddJson(Index(digest)) : digest).ToJsonString());
        damage?.Invoke(files);

        using var archive = new TarWriter(File.Create(path));
        foreach (var (name, content) in files)
        {
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return digest;
    }
}
