using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Images;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks for the .NET SDK that <c>global.json</c> asks for.</summary>
/// <param name="tree">Where <c>global.json</c> is.</param>
internal sealed class SdkCheck(SourceTree tree) : ICheck
{
    /// <inheritdoc/>
    public string Name => ".NET SDK";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        using var globalJson = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(tree.Root, "global.json"), cancellationToken));
        var wanted = Version.Parse(globalJson.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);
        var list = await new InstalledTool(ChildProcess.DotNet).AskAsync(["--list-sdks"], cancellationToken);
        return Judge(wanted, list ?? "");
    }

    /// <summary>
    /// Chooses as <c>rollForward: latestFeature</c> does: the newest of the same major and minor version that is not older.
    /// </summary>
    /// <param name="wanted">What <c>global.json</c> asks for.</param>
    /// <param name="list">What <c>dotnet --list-sdks</c> says: a version and a directory a line.</param>
    public static CheckResult Judge(Version wanted, string list)
    {
        var installed = list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Version.TryParse(line.Split(' ')[0], out var version) ? version : null)
            .OfType<Version>().ToList();
        var fitting = installed.Where(version => version.Major == wanted.Major && version.Minor == wanted.Minor && version >= wanted).Max();
        var others = installed.Count == 0 ? "none is installed" : $"installed: {string.Join(", ", installed.Order())}";
        return fitting is not null
            ? CheckResult.Ok($"{fitting}")
            : CheckResult.Problem(
                $"{wanted.Major}.{wanted.Minor} is needed ({wanted} or a later feature band); {others}",
                $"Get the .NET SDK {wanted.Major}.{wanted.Minor} from https://dotnet.microsoft.com/download");
    }
}

/// <summary>
/// Checks for what compiling to native code needs besides the SDK:
/// https://learn.microsoft.com/dotnet/core/deploying/native-aot/#prerequisites
/// </summary>
internal sealed class NativeToolsCheck : ICheck
{
    private const string Install = "Install them. Without them, 'bookinfo up' works, but 'up --native' and 'images build' do not. "
        + "Debian, Ubuntu:";
    private const string InstallCommand = "sudo apt-get install clang zlib1g-dev";

    /// <inheritdoc/>
    public string Name => "native compiler";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Images;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return CheckResult.NotChecked("native code needs Visual Studio's C++ tools here; images are built on Linux");
        }

        var compiler = InstalledTool.Find("clang") ?? (OperatingSystem.IsLinux() ? InstalledTool.Find("gcc") : null);
        if (compiler is null)
        {
            return OperatingSystem.IsMacOS()
                ? CheckResult.Warning(
                    "there is no clang in PATH",
                    "Install it. Without it, 'bookinfo up' works, but 'up --native' does not.",
                    "xcode-select --install")
                : CheckResult.Warning("there is neither clang nor gcc in PATH", Install, InstallCommand);
        }

        var version = await compiler.AskAsync(["--version"], cancellationToken);
        if (version is null)
        {
            return CheckResult.Warning($"{compiler.File} does not run", Install, InstallCommand);
        }

        // Asks the compiler, which knows best where headers are.
        return await compiler.AskAsync(["-fsyntax-only", "-include", "zlib.h", "-x", "c", "/dev/null"], cancellationToken) is null
            ? CheckResult.Warning("zlib's headers are missing", Install, InstallCommand)
            : CheckResult.Ok($"{Path.GetFileName(compiler.File)} {InstalledTool.VersionIn(version)}, with zlib's headers");
    }
}

/// <summary>Checks for a program that builds images: the one that <c>images build</c> uses without <c>--builder</c>.</summary>
internal sealed class ImageBuilderCheck : ICheck
{
    private const string Advice = "Without one, 'bookinfo images build' does not work; 'deploy' does if the cluster has the images. "
        + "Debian, Ubuntu:";
    private const string InstallCommand = "sudo apt-get install buildah";

    /// <inheritdoc/>
    public string Name => "image builder";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Images;

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(InstalledTool.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ImageBuilder builder;
        try
        {
            builder = await ImageBuilder.FindAsync(null, either.Token);
        }
        catch (OperationFailedException failure)
        {
            return CheckResult.Warning(failure.Message, Advice, InstallCommand);
        }
        catch (Exception exception) when (
            exception is Win32Exception || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return CheckResult.Warning(
                "docker is installed, but its daemon does not answer", $"Start it, or install buildah. {Advice}", InstallCommand);
        }

        return await new InstalledTool(builder.Program).AskAsync(["--version"], cancellationToken) is { } version
            ? CheckResult.Ok($"{builder.Name} {InstalledTool.VersionIn(version)}")
            : CheckResult.Warning($"{builder.Program} does not run", $"'{builder.Name} --version' says why. {Advice}", InstallCommand);
    }
}

/// <summary>Checks that kubectl is installed, and not too old for the manifests.</summary>
/// <param name="context">The context of <c>--context</c>.</param>
internal sealed class KubectlCheck(string? context) : ICheck
{
    private const string Advice = "Install it (https://kubernetes.io/docs/tasks/tools). 'bookinfo up' does not need it. macOS: "
        + "brew install kubectl. Debian, Ubuntu:";
    private const string InstallCommand = "sudo snap install kubectl --classic";

    /// <inheritdoc/>
    public string Name => "kubectl";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <summary>kubectl, once it is found.</summary>
    public Kubectl? Kubectl { get; private set; }

    /// <summary>Its version; <see langword="null"/> when it does not say.</summary>
    public Version? Version { get; private set; }

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (InstalledTool.Find("kubectl") is not { } tool)
        {
            return CheckResult.Problem("there is no kubectl in PATH", Advice, InstallCommand);
        }

        Kubectl = Kubectl.Find(context);
        Version = await Kubectl.VersionAsync(cancellationToken);
        return Version switch
        {
            null => CheckResult.Problem(
                $"{tool.File} does not report its version", $"'kubectl version --client' says why. {Advice}", InstallCommand),
            _ when Version < Kubectl.Oldest => CheckResult.Problem(
                $"{Version} is too old: its kustomize does not support all that the manifests use; {Kubectl.Oldest} is needed", Advice,
                InstallCommand),
            _ => CheckResult.Ok($"{Version} ({tool.File})"),
        };
    }
}

/// <summary>Checks kubectl's configuration, which says which cluster to use and as whom.</summary>
/// <param name="kubectl">kubectl.</param>
internal sealed class KubeconfigCheck(KubectlCheck kubectl) : ICheck
{
    /// <inheritdoc/>
    public string Name => "configuration";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Deploy;

    /// <inheritdoc/>
    public IReadOnlyList<ICheck> Needs => [kubectl];

    /// <summary>The configuration, once it is read.</summary>
    public Kubeconfig? Config { get; private set; }

    /// <inheritdoc/>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Config = await Kubeconfig.ReadAsync(kubectl.Kubectl!, cancellationToken);
        }
        catch (OperationFailedException failure)
        {
            return CheckResult.Problem(
                failure.Message, "This lists the contexts. To create a cluster on this machine, use kind, k3s or minikube: "
                    + "https://kubernetes.io/docs/tasks/tools", "kubectl config get-contexts");
        }

        var source = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } file ? $"KUBECONFIG {file}" : "~/.kube/config";
        return CheckResult.Ok($"context '{Config.Context}' of {source}: {Config.Client.Host}");
    }
}

/// <summary>A program on this machine, such as a compiler, that is run to ask it something.</summary>
/// <param name="File">Its path.</param>
internal sealed partial record InstalledTool(string File)
{
    /// <summary>How long a program may take. One that is asked for its version answers at once, unless its daemon hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Looks in <c>PATH</c>.</summary>
    /// <param name="name">Its name, without .exe.</param>
    /// <returns>The program; <see langword="null"/> when it is not there.</returns>
    public static InstalledTool? Find(string name) =>
        ChildProcess.FindTool(OperatingSystem.IsWindows() ? $"{name}.exe" : name) is { } file ? new InstalledTool(file) : null;

    /// <summary>Takes the version out of what a program says.</summary>
    /// <param name="text">For instance <c>buildah version 1.28.2 (image-spec 1.0)</c>.</param>
    /// <returns>For instance <c>1.28.2</c>; <see langword="null"/> when there is none.</returns>
    public static string? VersionIn(string text) => VersionNumber().Match(text) is { Success: true } match ? match.Value : null;

    /// <summary>Runs the tool and returns what it prints.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to stdout; <see langword="null"/> when it cannot be run, fails, or does not answer in time.</returns>
    public async Task<string?> AskAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ToolProcess.RunAsync(File, arguments, AppContext.BaseDirectory, either.Token) is { ExitCode: 0 } result
                ? result.Output
                : null;
        }
        catch (Exception exception) when (
            exception is Win32Exception || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+\.\d+(?:\.\d+)?")]
    private static partial Regex VersionNumber();
}

/// <summary>Checks that the ports of this machine that <c>bookinfo up</c> uses are free.</summary>
/// <param name="wanted">The ports, each with the project of the service that is to listen there.</param>
internal sealed class LocalPortsCheck(IReadOnlyList<(int Port, string Project)> wanted) : ICheck
{
    /// <summary>The ports that it uses when no others are asked for.</summary>
    public static IReadOnlyList<(int Port, string Project)> Default { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions.Select(version => (version.LocalPort, service.Project)))];

    /// <inheritdoc/>
    public string Name => "local ports";

    /// <inheritdoc/>
    public CheckPurpose Purpose => CheckPurpose.Up;

    /// <inheritdoc/>
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Judge([.. wanted
        .Where(one => !PortCheck.IsFree(one.Port))
        .Select(one => (one.Port, one.Project, PortOwner.Find(one.Port)))]));

    /// <summary>Judges which ports are taken, and by whom.</summary>
    /// <param name="taken">
    /// The ports that are taken, with the project that needs each and the process that has it; <see langword="null"/> when that is unknown.
    /// </param>
    public CheckResult Judge(IReadOnlyList<(int Port, string Project, PortOwner? Owner)> taken)
    {
        if (taken.Count == 0)
        {
            return CheckResult.Ok($"{string.Join(", ", wanted.Select(one => one.Port).Order())} are free");
        }

        var list = string.Join("; ", taken.Select(one => Describe(one.Port, one.Owner)));
        var command = $"./bookinfo up --port {FreePort(8080)} --backend-port {FreePort(9181, LocalPlan.BackendPorts)}";
        return taken.All(one => one.Owner?.Name == one.Project)
            ? CheckResult.Warning($"'bookinfo up' runs already: {list}", "A second one beside it needs other ports:", command)
            : CheckResult.Problem(list, "Stop what uses them, or choose other ports:", command);
    }

    /// <summary>Says who has a port.</summary>
    /// <param name="port">The port.</param>
    /// <returns>Its number and who has it; <see langword="null"/> when it is free.</returns>
    public static string? DescribeTaken(int port) => PortCheck.IsFree(port) ? null : Describe(port, PortOwner.Find(port));

    /// <summary>The first port, at or above a number, from which on as many ports as needed are free.</summary>
    /// <param name="from">The number.</param>
    /// <param name="count">How many ports are needed.</param>
    public static int FreePort(int from, int count = 1) =>
        Enumerable.Range(from, 1000).FirstOrDefault(first => Enumerable.Range(first, count).All(PortCheck.IsFree), from);

    private static string Describe(int port, PortOwner? owner) => string.Create(
        CultureInfo.InvariantCulture, $"{port} is taken by {(owner is null ? "another process" : $"{owner.Name} (pid {owner.Pid})")}");
}
