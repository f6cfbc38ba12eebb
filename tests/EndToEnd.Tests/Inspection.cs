using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EndToEnd.Tests;

/// <summary>
/// Runs a small program (<c>inspect.c</c>) inside a container of ours, which has no shell: a ConfigMap brings it into the pods of a
/// Deployment, everything else in them stays as it is.
/// </summary>
internal static class Inspection
{
    private const string Name = "inspect";
    private const string Directory = "/inspection";

    /// <summary>Brings the program into the pods of a Deployment, by a rollout.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="deployment">The name of the Deployment.</param>
    /// <param name="container">The name of its container.</param>
    /// <param name="seesProcesses">Whether the program is to see the service's process as any other, and so be able to stop it.</param>
    public static async Task InstallAsync(string space, string deployment, string container, bool seesProcesses = false)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("bookinfo-test-");
        try
        {
            var program = Path.Combine(directory.FullName, Name);
            var compiled = await Tool.RunAsync("clang", ["-static", "-Os", "-s", "-o", program, Source()]);
            Assert.True(compiled.ExitCode == 0, $"{compiled}");
            await Tool.KubectlAsync("create", "configmap", "-n", space, Name, $"--from-file={program}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        var pod = new
        {
            shareProcessNamespace = seesProcesses,
            volumes = new[] { new { name = Name, configMap = new { name = Name, defaultMode = 0b111_101_101 } } },
            containers = new[]
            {
                new { name = container, volumeMounts = new[] { new { name = Name, mountPath = Directory, readOnly = true } } },
            },
        };
        var patch = JsonSerializer.Serialize(new { spec = new { template = new { spec = pod } } });
        await Tool.KubectlAsync("patch", "-n", space, "deployment", deployment, "-p", patch);
        await Tool.KubectlAsync("rollout", "status", "-n", space, $"deployment/{deployment}", "--timeout=120s");
    }

    /// <summary>Runs the program in a pod.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="pod">The name of the pod.</param>
    /// <param name="arguments">What it is to do.</param>
    public static Task<ToolResult> RunAsync(string space, string pod, params string[] arguments) =>
        Tool.RunAsync("kubectl", ["exec", "-n", space, pod, "--", $"{Directory}/{Name}", .. arguments]);

    /// <summary>Takes the program away from a Deployment again, by a rollout.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="deployment">The name of the Deployment.</param>
    public static async Task RemoveAsync(string space, string deployment)
    {
        // What a patch has added, applying the manifests does not remove.
        await Tool.KubectlAsync("rollout", "undo", "-n", space, $"deployment/{deployment}");
        await Tool.KubectlAsync("rollout", "status", "-n", space, $"deployment/{deployment}", "--timeout=120s");
        await Tool.KubectlAsync("delete", "configmap", "-n", space, Name);
    }

    private static string Source([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "inspect.c");
}
