using Bookinfo.Contracts;

namespace Bookinfo.Cli.Local;

/// <summary>A process to run: one version of a service, or Prometheus.</summary>
/// <param name="Version">What it is. The version of Prometheus is empty: it is the one that is installed.</param>
/// <param name="Port">The port it gets.</param>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">All of its environment.</param>
/// <param name="LogFile">The full path of the file for what it writes.</param>
/// <param name="ReadinessPath">What answers 200 when it is ready.</param>
internal sealed record ServicePlan(
    ServiceVersion Version,
    int Port,
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string LogFile,
    string ReadinessPath = "/health/ready")
{
    /// <summary>The name of the process, such as <c>reviews-v2</c> or <c>prometheus</c>.</summary>
    public string Name => Version.Version.Length == 0 ? Version.Service : Version.Name;
}
