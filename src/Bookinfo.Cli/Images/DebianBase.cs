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
