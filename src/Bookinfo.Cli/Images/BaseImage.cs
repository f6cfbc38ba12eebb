namespace Bookinfo.Cli.Images;

/// <summary>What the images are built on.</summary>
internal static class BaseImage
{
    /// <summary>What the user calls the base that is assembled from the packages of this machine.</summary>
    public const string Debian = "debian";

    /// <summary>What the build file calls it.</summary>
    public const string AssembledStage = "assembled";

    /// <summary>Microsoft's base for programs that bring their runtime: Ubuntu 24.04 cut down to what .NET needs, without a shell.</summary>
    public const string Standard = "mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled";
}
