using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks for what <c>up --dashboard</c> needs and nothing else does: the dashboard, and a free port for it.</summary>
/// <param name="tree">The working copy.</param>
/// <param name="port">The port that it is to listen on.</param>
internal sealed class DashboardCheck(SourceTree tree, int port) : ICheck
{
    /// <inheritdoc/>
    public string Name => "Aspire dashboard";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Judge());

    private CheckResult Judge()
    {
        if (OperatingSystem.IsWindows())
        {
            return CheckResult.NotChecked("'bookinfo up --dashboard' does not run on Windows");
        }

        var found = DashboardPackage.Find(tree) is { } program
            ? DashboardPackage.VersionOf(program)
            : "not downloaded yet, which 'bookinfo up --dashboard' does";
        return LocalPortsCheck.DescribeTaken(port) is not { } taken
            ? CheckResult.Ok(string.Create(CultureInfo.InvariantCulture, $"{found}; its port {port} is free"))
            : CheckResult.Warning(
                $"{found}; its port {taken}",
                "Only 'bookinfo up --dashboard' needs it. Stop what uses it, or choose another port:",
                string.Create(
                    CultureInfo.InvariantCulture, $"./bookinfo up --dashboard --dashboard-port {LocalPortsCheck.FreePort(port + 1)}"));
    }
}
