namespace Bookinfo.Cli.Images;

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
