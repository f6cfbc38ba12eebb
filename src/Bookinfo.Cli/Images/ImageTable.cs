using System.Globalization;
using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Images;

/// <summary>
/// The table of the images that were built. Sizes are in megabytes of 1,000,000 bytes, as registries and the tools say them.
/// </summary>
internal static class ImageTable
{
    /// <summary>How much of a digest people compare.</summary>
    private const int DigestLength = 12;

    /// <summary>Makes the table.</summary>
    /// <param name="images">The images.</param>
    /// <returns>A row for each image, and one for all of them together.</returns>
    public static TextTable Of(IReadOnlyList<BuiltImage> images)
    {
        var table = new TextTable("PROGRAM", "IMAGE", ">SIZE", ">PULLED", "DIGEST");
        foreach (var image in images)
        {
            table.Add(
                image.Program.Name, image.Name, Megabytes(image.Archive.Bytes), Megabytes(image.Archive.CompressedBytes),
                image.Archive.Digest.Split(':')[^1][..DigestLength]);
        }

        var total = ImageTotal.Of(images);
        table.Add("all", "(shared layers counted once)", Megabytes(total.Bytes), Megabytes(total.CompressedBytes), "");
        return table;
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

/// <summary>What several images take together: each layer once, as a node stores and pulls them.</summary>
/// <param name="Bytes">Uncompressed.</param>
/// <param name="CompressedBytes">As they are pulled.</param>
internal sealed record ImageTotal(long Bytes, long CompressedBytes)
{
    /// <summary>Adds up.</summary>
    /// <param name="images">The images.</param>
    public static ImageTotal Of(IEnumerable<BuiltImage> images)
    {
        var layers = images.SelectMany(image => image.Archive.Layers).DistinctBy(layer => layer.Digest).ToList();
        return new ImageTotal(layers.Sum(layer => layer.Bytes), layers.Sum(layer => layer.CompressedBytes));
    }
}

/// <summary>What <c>images build --output json</c> writes.</summary>
/// <param name="Builder">What built: <c>buildah</c>, <c>podman</c> or <c>docker</c>.</param>
/// <param name="Base">The base image, or <c>debian</c> for the one assembled from the packages of the machine.</param>
/// <param name="Images">The images.</param>
/// <param name="Bytes">What they take together, uncompressed: layers that they share counted once.</param>
/// <param name="CompressedBytes">The same as they are pulled.</param>
internal sealed record ImageListRecord(string Builder, string Base, IReadOnlyList<ImageRecord> Images, long Bytes, long CompressedBytes)
{
    /// <summary>Makes it of what was built.</summary>
    /// <param name="builder">What built.</param>
    /// <param name="baseImage">The base.</param>
    /// <param name="images">The images.</param>
    public static ImageListRecord From(ImageBuilder builder, string baseImage, IReadOnlyList<BuiltImage> images)
    {
        var total = ImageTotal.Of(images);
        return new ImageListRecord(
            builder.Name,
            baseImage,
            [.. images.Select(image => new ImageRecord(
                image.Program.Name, image.Name, image.Archive.Digest, image.Archive.Bytes, image.Archive.CompressedBytes, image.File))],
            total.Bytes,
            total.CompressedBytes);
    }
}

/// <summary>An image in <c>images build --output json</c>.</summary>
/// <param name="Program">The service, such as <c>reviews</c>, or <c>load-worker</c>.</param>
/// <param name="Image">Its full name.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="Bytes">Its size, uncompressed.</param>
/// <param name="CompressedBytes">Its size as it is pulled.</param>
/// <param name="Archive">The full path of its archive, when it was saved.</param>
internal sealed record ImageRecord(string Program, string Image, string Digest, long Bytes, long CompressedBytes, string? Archive);

/// <summary>How <c>images build --output json</c> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageListRecord))]
internal sealed partial class ImageJson : JsonSerializerContext;
