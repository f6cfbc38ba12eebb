using System.Globalization;
using Bookinfo.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks for what <c>up --prometheus</c> needs and nothing else does: Prometheus, and a free port for it.</summary>
/// <param name="port">The port that it is to listen on.</param>
internal sealed class PrometheusCheck(int port) : ICheck
{
    private const string Install = "Only 'bookinfo up --prometheus' needs it. Install it (https://prometheus.io/download). macOS: brew "
        + "install prometheus. Debian, Ubuntu:";
    private const string InstallCommand = "sudo apt-get install prometheus";

    /// <inheritdoc/>
    public string Name => "Prometheus";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return CheckResult.NotChecked("'bookinfo up --prometheus' does not run on Windows");
        }

        if (InstalledTool.Find(PrometheusProcess.Name) is not { } tool)
        {
            return CheckResult.Warning("there is no prometheus in PATH", Install, InstallCommand);
        }

        if (await tool.AskAsync(["--version"], cancellationToken) is not { } version)
        {
            return CheckResult.Warning($"{tool.File} does not run", $"'prometheus --version' says why. {Install}", InstallCommand);
        }

        var found = InstalledTool.VersionIn(version) ?? tool.File;
        return LocalPortsCheck.DescribeTaken(port) is not { } taken
            ? CheckResult.Ok(string.Create(CultureInfo.InvariantCulture, $"{found}; its port {port} is free"))
            : CheckResult.Warning(
                $"{found}; its port {taken}",
                "Debian's package starts Prometheus as a service on that port: 'sudo systemctl disable --now prometheus' ends it. "
                    + "Or choose another port:",
                string.Create(
                    CultureInfo.InvariantCulture, $"./bookinfo up --prometheus --prometheus-port {LocalPortsCheck.FreePort(port + 1)}"));
    }
}
