using System.Globalization;

namespace Bookinfo.Cli.Images;

/// <summary>The table of the images that were built. Sizes are in megabytes of 1,000,000 bytes, as registries and the tools say them.</summary>
internal static class ImageTable
{
    /// <summary>How much of a digest people compare.</summary>
    private const int DigestLength = 12;

    /// <summary>Formats the table.</summary>
    /// <param name="images">The images.</param>
    /// <returns>The heading, a line for each image, and one for all of them together.</returns>
    public static IReadOnlyList<string> Format(IReadOnlyList<BuiltImage> images)
    {
        var total = ImageTotal.Of(images);
        string[][] rows =
        [
            ["PROGRAM", "IMAGE", "SIZE", "PULLED", "DIGEST"],
            .. images.Select(image => new[]
            {
                image.Program.Name,
                image.Name,
                Megabytes(image.Archive.Bytes),
                Megabytes(image.Archive.CompressedBytes),
                image.Archive.Digest.Split(':')[^1][..DigestLength],
            }),
            ["all", "(layers that they share counted once)", Megabytes(total.Bytes), Megabytes(total.CompressedBytes), ""],
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        return [.. rows.Select(row => string.Join("  ", row.Select((cell, column) => column is 2 or 3
            ? cell.PadLeft(widths[column])
            : cell.PadRight(widths[column]))).TrimEnd())];
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
