using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Images;

/// <summary>What the user asked <c>images build</c> for.</summary>
/// <param name="Names">How the images are called.</param>
/// <param name="Base">The base image, <see cref="BaseImage.Debian"/>, or <see langword="null"/> for whichever of the two can be had.</param>
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
