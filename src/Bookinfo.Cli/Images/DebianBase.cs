using System.Runtime.Versioning;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Images;

/// <summary>
/// A base image made of the packages of this machine: the C library and what else native executables are linked to, OpenSSL, which .NET
/// loads when it first needs TLS, certificates, and users. No shell and no other program.
/// </summary>
/// <param name="packages">The packages.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class DebianBase(DebianPackages packages)
{
    private const string Certificates = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>
    /// What no executable is linked to, and the package to install for it. glibc loads the last three by name to look up hosts.
    /// </summary>
    private static readonly (string Library, string Package)[] LoadedLibraries =
    [
        ("libssl.so.3", "openssl"),
        ("libcrypto.so.3", "openssl"),
        ("libnss_dns.so.2", "libc6"),
        ("libnss_files.so.2", "libc6"),
        ("libresolv.so.2", "libc6"),
    ];

    /// <summary>Collects the files and writes them as an archive.</summary>
    /// <param name="executables">What is to run on it.</param>
    /// <param name="archive">Where to.</param>
    /// <exception cref="OperationFailedException">A package is not installed.</exception>
    public async Task WriteAsync(IEnumerable<string> executables, Stream archive)
    {
        var files = new RootFileSystem();
        var owners = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var library in await LibrariesAsync(executables))
        {
            var path = files.AddFromMachine(library);
            owners.Add(await packages.OwnerAsync(path)
                ?? throw new OperationFailedException(FailureKind.BuildFailed, $"the services are linked to {path}, which is of no "
                    + "package: it has no place in an image."));
        }

        owners.Add(await AddCertificatesAsync(files));
        // By this and by what dpkg knows, scanners find out what has which vulnerabilities.
        owners.Add(await packages.OwnerAsync(files.AddFromMachine("/etc/os-release")) ?? "base-files");
        foreach (var package in owners)
        {
            // A directory with a file a package, as in other images without a package manager.
            files.AddFile($"/var/lib/dpkg/status.d/{package}", await packages.StatusAsync(package));
            var license = $"/usr/share/doc/{package}/copyright";
            if (File.Exists(license))
            {
                files.AddFromMachine(license);
            }
        }

        files.AddFile("/etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n");
        files.AddFile("/etc/group", "root:x:0:\nnonroot:x:65532:\n");
        files.AddFile("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        files.AddTemporaryDirectory("/tmp");
        files.Write(archive);
    }

    private async Task<IEnumerable<string>> LibrariesAsync(IEnumerable<string> executables)
    {
        var libraries = new SortedSet<string>(StringComparer.Ordinal);
        var loaded = new List<string>();
        foreach (var (library, package) in LoadedLibraries)
        {
            loaded.Add(await packages.FindAsync(library) ?? throw Missing(library, package));
        }

        libraries.UnionWith(loaded);
        foreach (var file in executables.Concat(loaded))
        {
            libraries.UnionWith(await packages.LibrariesAsync(file));
        }

        return libraries;
    }

    /// <summary>
    /// Puts the certificates of the package into one file. The file of this machine also holds what its owner trusts beside that, such as a
    /// proxy that looks into TLS; an image must not.
    /// </summary>
    private async Task<string> AddCertificatesAsync(RootFileSystem files)
    {
        const string Package = "ca-certificates";
        var certificates = (await packages.FilesAsync(Package)).Where(file => file.EndsWith(".crt", StringComparison.Ordinal)).ToList();
        if (certificates.Count == 0)
        {
            throw Missing("certificates", Package);
        }

        files.AddFile(Certificates, string.Concat(certificates.Select(file => File.ReadAllText(file).TrimEnd() + "\n")));
        // Where the OpenSSL of Debian, and .NET by asking it, looks.
        files.AddLink("/usr/lib/ssl/cert.pem", Certificates);
        return Package;
    }

    private static OperationFailedException Missing(string what, string package) => new(
        FailureKind.MissingTool, $"an image needs {what}, which is not installed here: apt-get install {package}.");
}

/// <summary>The packages that are installed on this machine, as dpkg tells, and the libraries that its dynamic linker finds.</summary>
/// <param name="cancellationToken">Ends every question.</param>
internal sealed class DebianPackages(CancellationToken cancellationToken)
{
    private const string Query = "dpkg-query";
    private string? _architecture;

    /// <summary>Whether this machine has packages of Debian, or of a distribution made from it, such as Ubuntu.</summary>
    public static bool AreHere =>
        File.Exists("/etc/debian_version") && ChildProcess.FindTool(Query) is not null && ChildProcess.FindTool("ldd") is not null;

    /// <summary>Finds a file by its name.</summary>
    /// <param name="name">The name without directory.</param>
    /// <returns>Its full path, or <see langword="null"/> when no package has it.</returns>
    public async Task<string?> FindAsync(string name)
    {
        var architecture = await ArchitectureAsync();
        // package:architecture: path. Packages that are the same for all architectures have none.
        return (await AskAsync("-S", $"*/{name}")).Output.Split('\n')
            .Select(line => line.Split(": ", 2))
            .Where(parts =>
                parts is [var package, _] && (package.EndsWith($":{architecture}", StringComparison.Ordinal) || !package.Contains(':')))
            .Select(parts => parts[1])
            .Where(path => !path.Contains("/glibc-hwcaps/", StringComparison.Ordinal) && File.Exists(path))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Finds out which package a file is of.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>The package's name, or <see langword="null"/> when it is of none.</returns>
    public async Task<string?> OwnerAsync(string path)
    {
        const string User = "/usr";
        // Where /lib is a link to usr/lib, a package may know its file by either name.
        foreach (var name in new[] { path, path.StartsWith($"{User}/", StringComparison.Ordinal) ? path[User.Length..] : User + path })
        {
            if (await AskAsync("-S", name) is { ExitCode: 0 } owner)
            {
                return owner.Output.Split('\n')[0].Split(':')[0];
            }
        }

        return null;
    }

    /// <summary>The full paths of the files of a package; none when it is not installed.</summary>
    /// <param name="package">Its name.</param>
    public async Task<IReadOnlyList<string>> FilesAsync(string package) =>
        [.. (await AskAsync("-L", package)).Output.Split('\n').Where(File.Exists).Order(StringComparer.Ordinal)];

    /// <summary>What dpkg knows of a package, as it stands in <c>/var/lib/dpkg/status</c>.</summary>
    /// <param name="package">Its name.</param>
    public async Task<string> StatusAsync(string package) =>
        (await AskAsync("-s", $"{package}:{await ArchitectureAsync()}") is { ExitCode: 0 } own
            ? own
            : await AskAsync("-s", package)).Output;

    /// <summary>The libraries that an executable or a library needs, the dynamic linker included, and what those need.</summary>
    /// <param name="file">Its full path.</param>
    /// <exception cref="OperationFailedException">One of them is not installed.</exception>
    public async Task<IReadOnlyList<string>> LibrariesAsync(string file)
    {
        var result = await ToolProcess.RunAsync("ldd", [file], "/", cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new OperationFailedException(
                FailureKind.BuildFailed, $"the libraries that {file} needs cannot be found: ldd says '{result.Reason}'.");
        }

        var libraries = new List<string>();
        foreach (var line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // 'libm.so.6
            // => /lib/libm.so.6 (0x7f...)', '/lib64/ld-linux.so.2 (0x7f...)', 'linux-vdso.so.1 (0x7f...)', 'libx.so => not found'
            var path = line[(line.IndexOf("=> ", StringComparison.Ordinal) is var arrow and >= 0 ? arrow + 3 : 0)..].Split(" (")[0];
            if (path == "not found")
            {
                throw new OperationFailedException(
                    FailureKind.BuildFailed,
                    $"{file} needs {line.Split(' ')[0]}, which is not installed: install its package with apt-get.");
            }

            if (path.StartsWith('/'))
            {
                libraries.Add(ForEveryProcessor(path));
            }
        }

        return libraries;
    }

    // A variant for newer processors is what this machine takes; the image may run on another.
    private static string ForEveryProcessor(string path)
    {
        const string Variants = "/glibc-hwcaps/";
        return path.IndexOf(Variants, StringComparison.Ordinal) is var variant and >= 0
            ? path[..variant] + path[path.LastIndexOf('/')..]
            : path;
    }

    private async Task<string> ArchitectureAsync() =>
        _architecture ??= (await ToolProcess.RunAsync("dpkg", ["--print-architecture"], "/", cancellationToken)).Output.Trim();

    private Task<ToolResult> AskAsync(params string[] arguments) => ToolProcess.RunAsync(Query, arguments, "/", cancellationToken);
}
