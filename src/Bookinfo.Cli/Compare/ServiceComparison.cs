namespace Bookinfo.Cli.Compare;

/// <summary>What there is of a service only once in a baseline, so that nothing can be said of chance.</summary>
/// <param name="Name">The service with its version.</param>
/// <param name="StartUpBefore">The mean start-up time of its processes or pods before, in seconds.</param>
/// <param name="StartUpAfter">Likewise after.</param>
/// <param name="ImageBytesBefore">The size of its image before.</param>
/// <param name="ImageBytesAfter">Likewise after.</param>
/// <param name="SidecarsBefore">The names of the other containers in its pods before.</param>
/// <param name="SidecarsAfter">Likewise after.</param>
internal sealed record ServiceComparison(
    string Name,
    double? StartUpBefore,
    double? StartUpAfter,
    long? ImageBytesBefore,
    long? ImageBytesAfter,
    IReadOnlyList<string> SidecarsBefore,
    IReadOnlyList<string> SidecarsAfter);
