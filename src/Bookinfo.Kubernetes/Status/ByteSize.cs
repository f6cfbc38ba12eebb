using System.Globalization;

namespace Bookinfo.Kubernetes;

/// <summary>Numbers of bytes for people.</summary>
public static class ByteSize
{
    private const double Mebi = 1024 * 1024;

    /// <summary>Writes one in MiB, as limits are written in manifests.</summary>
    /// <param name="bytes">How many.</param>
    public static string Format(double bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(bytes < 10 * Mebi ? Math.Round(bytes / Mebi, 1) : Math.Round(bytes / Mebi))} MiB");
}
