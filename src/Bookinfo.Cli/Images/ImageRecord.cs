namespace Bookinfo.Cli.Images;

/// <summary>An image in <c>images build --output json</c>.</summary>
/// <param name="Program">The service, such as <c>reviews</c>, or <c>load-worker</c>.</param>
/// <param name="Image">Its full name.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="Bytes">Its size, uncompressed.</param>
/// <param name="CompressedBytes">Its size as it is pulled.</param>
/// <param name="Archive">The full path of its archive, when it was saved.</param>
internal sealed record ImageRecord(string Program, string Image, string Digest, long Bytes, long CompressedBytes, string? Archive);
