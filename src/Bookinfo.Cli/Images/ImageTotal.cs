namespace Bookinfo.Cli.Images;

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
