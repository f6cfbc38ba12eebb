using System.Text.Json;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Doctor;

/// <summary>The .NET SDK that <c>global.json</c> asks for.</summary>
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

    /// <summary>Chooses as <c>rollForward: latestFeature</c> does: the newest of the same major and minor version that is not older.</summary>
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
