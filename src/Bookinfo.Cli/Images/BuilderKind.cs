namespace Bookinfo.Cli.Images;

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
