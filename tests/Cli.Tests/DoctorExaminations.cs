using Bookinfo.Cli.Doctor;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>Runs the checks of <c>doctor</c> for <c>deploy</c> against a cluster that a test makes as it likes.</summary>
[Collection(nameof(SettingsOfThisProcess))]
public abstract class DoctorExaminations : IDisposable
{
    /// <summary>The cluster, a healthy one unless a test changes it. It is a registry as well.</summary>
    private protected FakeCluster Cluster { get; } = new();

    /// <summary>The programs that there are.</summary>
    private protected FakeTools Tools { get; } = new();

    public void Dispose()
    {
        Cluster.Dispose();
        Tools.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task<(CheckState State, string Detail)> StateAndDetailAsync(string check)
    {
        var result = await CheckAsync(check);
        return (result.State, result.Detail);
    }

    private protected async Task<CheckResult> CheckAsync(string check, string? registry = null, string? tag = null) =>
        (await ExamineAsync(registry, tag))[check];

    private protected async Task<IReadOnlyDictionary<string, CheckResult>> ExamineAsync(string? registry = null, string? tag = null)
    {
        if (!File.Exists(Path.Combine(Tools.Path, "kubectl")))
        {
            Tools.AddKubectl(Cluster.Url);
        }

        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", Tools.Path);
        try
        {
            using var checkup = new Checkup(
                new DoctorOptions(CheckPurpose.Deploy, "bookinfo", null, tag, registry, OutputFormat.Table),
                new SourceTree(WorkingCopy.Root),
                TimeProvider.System);
            var findings = await new Examination(TimeProvider.System).RunAsync(checkup.Checks, TestContext.Current.CancellationToken);
            return findings.ToDictionary(finding => finding.Name, finding => finding.Result);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}

/// <summary>The tests that change a variable of this process, such as PATH: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(SettingsOfThisProcess), DisableParallelization = true)]
public sealed class SettingsOfThisProcess;
