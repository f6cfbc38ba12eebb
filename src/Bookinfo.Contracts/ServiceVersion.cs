namespace Bookinfo.Contracts;

/// <summary>A version of a service that runs beside the others.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Version">The version: <c>version</c> label and OpenTelemetry <c>service.version</c>.</param>
/// <param name="LocalPort">The port that it listens on when run locally by <c>bookinfo up</c>.</param>
/// <param name="Environment">The environment variables that make this version what it is.</param>
public sealed record ServiceVersion(
    string Service,
    string Version,
    int LocalPort,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The name of the Deployment and of the local process, such as <c>reviews-v2</c>.</summary>
    public string Name => $"{Service}-{Version}";
}
