using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// The Prometheus that runs beside the services, on the loopback only, with what it has collected thrown away at the end.
/// </summary>
public static class PrometheusProcess
{
    /// <summary>What it is called in the table.</summary>
    public const string Name = "prometheus";

    /// <summary>The port that it has everywhere.</summary>
    public const int UsualPort = 9090;

    /// <summary>
    /// Runs a program so that it ends when its standard input is closed, however <c>up</c> ended, though the program itself does not look
    /// at it. The program takes the place of the shell: its process id, its memory and its exit code are what <c>up</c> sees. What watches
    /// is a child of it, and sends the signal only to its own parent: once that has ended, its number may be another's.
    /// </summary>
    private const string EndWithStdin =
        """
        exec 3<&0
        (read -r _ <&3; exec /bin/sh -c '[ "$PPID" = "$1" ] && kill -s TERM "$1"' sh $$) >/dev/null 2>&1 &
        exec "$@" </dev/null 3<&-
        """;

    /// <summary>Plans the process.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="tree">Where things are.</param>
    /// <param name="pagePort">productpage's port, which tells runs apart.</param>
    /// <param name="environment">All of its environment.</param>
    /// <exception cref="OperationFailedException">It is not installed, or cannot be run here.</exception>
    public static ServicePlan Plan(int port, SourceTree tree, int pagePort, IReadOnlyDictionary<string, string> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                @"--prometheus needs a shell that Windows does not have: start Prometheus yourself, with "
                + @"--config.file=observability\prometheus\prometheus.yml.");
        }

        var program = ChildProcess.FindTool("prometheus") ?? throw new OperationFailedException(
            FailureKind.MissingTool,
            "Prometheus is not installed (no 'prometheus' in PATH): install it (Debian, Ubuntu: apt-get install prometheus; macOS: "
            + "brew install prometheus; "
            + "or https://prometheus.io/download) or leave out --prometheus.");
        var directory = tree.Prometheus(pagePort);
        return new ServicePlan(
            new ServiceVersion(Name, "", UsualPort, new Dictionary<string, string>()),
            port,
            "/bin/sh",
            ["-c", EndWithStdin, "sh", program, .. Arguments(port, directory)],
            environment,
            Path.Combine(tree.Logs(pagePort), $"{Name}.log"),
            "/-/ready");
    }

    private static string[] Arguments(int port, string directory) =>
    [
        $"--config.file={PrometheusFiles.ConfigurationFile(directory)}",
        $"--storage.tsdb.path={PrometheusFiles.DataDirectory(directory)}",
        // Whoever leaves it running overnight still has a disk in the morning.
        "--storage.tsdb.retention.time=6h",
        "--storage.tsdb.retention.size=512MB",
        string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        "--enable-feature=exemplar-storage",
    ];
}
