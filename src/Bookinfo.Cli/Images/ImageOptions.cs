using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Images;

/// <summary>What the user asked <c>images build</c> for.</summary>
/// <param name="Names">How the images are called.</param>
/// <param name="Base">
/// The base image, <see cref="BaseImage.Debian"/>, or <see langword="null"/> for whichever of the two can be had.
/// </param>
/// <param name="Builder">The program that builds; <see langword="null"/> for the first that is there.</param>
/// <param name="SaveDirectory">The full path of the directory for the archives; <see langword="null"/> to save none.</param>
/// <param name="Push">Whether to push the images to their registry.</param>
/// <param name="Build">Whether to compile what is out of date.</param>
/// <param name="Output">How to write what was built.</param>
internal sealed record ImageOptions(
    ImageNames Names,
    string? Base,
    BuilderKind? Builder,
    string? SaveDirectory,
    bool Push,
    bool Build,
    OutputFormat Output);

/// <summary>What the images are built on.</summary>
internal static class BaseImage
{
    /// <summary>What the user calls the base that is assembled from the packages of this machine.</summary>
    public const string Debian = "debian";

    /// <summary>What the build file calls it.</summary>
    public const string AssembledStage = "assembled";

    /// <summary>
    /// Microsoft's base for programs that bring their runtime: Ubuntu 24.04 cut down to what .NET needs, without a shell.
    /// </summary>
    public const string Standard = "mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled";
}

/// <summary>The programs that can build an image, in the order in which they are looked for.</summary>
internal enum BuilderKind
{
    /// <summary>Needs no daemon and no container runtime.</summary>
    Buildah,

    /// <summary>Needs no daemon.</summary>
    Podman,

    /// <summary>Needs its daemon, version 25 or newer, and its plugin buildx.</summary>
    Docker,
}
