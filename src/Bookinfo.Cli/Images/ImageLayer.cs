namespace Bookinfo.Cli.Images;

/// <summary>A layer of an image.</summary>
/// <param name="Digest">The digest of its blob; layers of several images with the same one are stored and pulled once.</param>
/// <param name="Bytes">Its size, uncompressed.</param>
/// <param name="CompressedBytes">Its size as it is pulled.</param>
internal sealed record ImageLayer(string Digest, long Bytes, long CompressedBytes);
