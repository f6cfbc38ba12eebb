using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>What <c>bookinfo doctor</c> is asked.</summary>
/// <param name="Namespace">Where the application is to run in the cluster.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="Tag">The tag of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Registry">The registry and path of the images; <see langword="null"/> for that of the manifests.</param>
/// <param name="Output">How to write it.</param>
internal sealed record DoctorOptions(string Namespace, string? Context, string? Tag, string? Registry, OutputFormat Output);
