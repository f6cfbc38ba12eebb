namespace Bookinfo.Cli.Doctor;

/// <summary>What a registry says when it is asked for an image without credentials.</summary>
internal enum RegistryAnswer
{
    /// <summary>It has it, for everybody.</summary>
    Available,

    /// <summary>It has no such image.</summary>
    Missing,

    /// <summary>It does not say without credentials: the image is private, or is not there.</summary>
    Private,

    /// <summary>No TLS comes about: its certificate is not trusted here, or it speaks plain http.</summary>
    Untrusted,

    /// <summary>It cannot be asked from here.</summary>
    Unreachable,
}
