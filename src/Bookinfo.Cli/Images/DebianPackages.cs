using Bookinfo.Foundation;

namespace Bookinfo.Cli.Images;

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
