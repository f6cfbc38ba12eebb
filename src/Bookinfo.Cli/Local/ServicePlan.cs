using Bookinfo.Contracts;

namespace Bookinfo.Cli.Local;

/// <summary>A process to run: one version of a service.</summary>
/// <param name="Version">What it is.</param>
/// <param name="Port">The port it gets.</param>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">All of its environment.</param>
/// <param name="LogFile">The full path of the file for what it writes.</param>
internal sealed record ServicePlan(
    ServiceVersion Version,
    int Port,
    string FileName,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string LogFile)
{
    /// <summary>The name of the process, such as <c>reviews-v2</c>.</summary>
    public string Name => Version.Name;
}
