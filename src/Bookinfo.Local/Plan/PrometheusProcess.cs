using System.Globalization;
using System.Text.RegularExpressions;
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

    /// <summary>Plans the process.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="tree">The working copy.</param>
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
            EndsWithStdin.Shell,
            EndsWithStdin.Arguments(program, Arguments(port, Path.GetRelativePath(tree.Root, directory))),
            environment,
            Path.Combine(tree.Logs(pagePort), $"{Name}.log"),
            "/-/ready");
    }

    /// <param name="port">Where it listens.</param>
    /// <param name="directory">
    /// Its files, by their way from the working copy, where it is started: it takes the paths of rules as patterns, and a working copy may
    /// have brackets in its path.
    /// </param>
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

/// <summary>
/// The files of a Prometheus that runs beside the services: the configuration of <c>observability/</c> with the ports of this run, and its
/// data. They are made anew, and gone when it is disposed.
/// </summary>
public sealed partial class PrometheusFiles : IDisposable
{
    private readonly string _directory;

    /// <summary>Writes the configuration.</summary>
    /// <param name="tree">The working copy.</param>
    /// <param name="pagePort">productpage's port, which tells runs apart.</param>
    /// <param name="plan">What is to be scraped.</param>
    public PrometheusFiles(SourceTree tree, int pagePort, LocalPlan plan)
    {
        _directory = tree.Prometheus(pagePort);
        // Left behind by a run that was killed.
        Delete();
        Directory.CreateDirectory(_directory);
        foreach (var file in Directory.EnumerateFiles(tree.PrometheusConfiguration, "*.yml"))
        {
            File.Copy(file, Path.Combine(_directory, Path.GetFileName(file)));
        }

        var configuration = ConfigurationFile(_directory);
        var ports = plan.Services.ToDictionary(service => service.Version.LocalPort, service => service.Port);
        File.WriteAllText(configuration, WithPorts(File.ReadAllText(configuration), ports));
    }

    /// <summary>The configuration file.</summary>
    /// <param name="directory">Where the files are.</param>
    public static string ConfigurationFile(string directory) => Path.Combine(directory, "prometheus.yml");

    /// <summary>The directory of its data.</summary>
    /// <param name="directory">Where the files are.</param>
    public static string DataDirectory(string directory) => Path.Combine(directory, "data");

    /// <summary>Puts the ports of a run into a configuration that names the usual ones, a target a line.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="ports">
    /// The ports of the run by the usual ones. The targets that are not among them do not run, and are left out.
    /// </param>
    public static string WithPorts(string configuration, IReadOnlyDictionary<int, int> ports) => TargetLine().Replace(
        configuration,
        line => ports.TryGetValue(int.Parse(line.Groups["port"].Value, CultureInfo.InvariantCulture), out var port)
            ? string.Create(CultureInfo.InvariantCulture, $"{line.Groups["before"].Value}{port}{line.Groups["after"].Value}")
            : "");

    /// <inheritdoc/>
    public void Dispose() => Delete();

    [GeneratedRegex(@"^(?<before> *- localhost:)(?<port>\d+)(?<after>.*\n)", RegexOptions.Multiline)]
    private static partial Regex TargetLine();

    private void Delete()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // There is none, as is usual before a run.
        }
        catch (IOException)
        {
            // A Prometheus that had to be killed may still be writing. The next run begins with what is there gone.
        }
    }
}
