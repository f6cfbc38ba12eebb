namespace Bookinfo.Cli.Doctor;

/// <summary>What compiling to native code needs beside the SDK: https://learn.microsoft.com/dotnet/core/deploying/native-aot/#prerequisites</summary>
internal sealed class NativeToolsCheck : ICheck
{
    private const string Install = "Install them. Without, 'bookinfo up' works, 'up --native' and 'images build' do not. Debian, Ubuntu:";
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
                ? CheckResult.Warning("there is no clang in PATH", "Install it. Without, 'bookinfo up' works, 'up --native' does not.", "xcode-select --install")
                : CheckResult.Warning("there is neither clang nor gcc in PATH", Install, InstallCommand);
        }

        var version = await compiler.AskAsync(["--version"], cancellationToken);
        if (version is null)
        {
            return CheckResult.Warning($"{compiler.File} does not run", Install, InstallCommand);
        }

        // The compiler itself knows best where headers are.
        return await compiler.AskAsync(["-fsyntax-only", "-include", "zlib.h", "-x", "c", "/dev/null"], cancellationToken) is null
            ? CheckResult.Warning("zlib's headers are missing", Install, InstallCommand)
            : CheckResult.Ok($"{Path.GetFileName(compiler.File)} {InstalledTool.VersionIn(version)}, with zlib's headers");
    }
}
