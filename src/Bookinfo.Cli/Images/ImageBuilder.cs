using Bookinfo.Foundation;

namespace Bookinfo.Cli.Images;

/// <summary>buildah, podman or docker, with the arguments that each needs.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Program">Its full path.</param>
internal sealed record ImageBuilder(BuilderKind Kind, string Program)
{
    private const string Install = "install buildah (Debian, Ubuntu: apt-get install buildah), podman or docker";

    /// <summary>Its name.</summary>
    public string Name => Kind.ToString().ToLowerInvariant();

    /// <summary>Finds a program that builds images.</summary>
    /// <param name="wanted">Which one; <see langword="null"/> for the first that is there.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is none, or it does not work.</exception>
    public static async Task<ImageBuilder> FindAsync(BuilderKind? wanted, CancellationToken cancellationToken)
    {
        var kinds = wanted is { } only ? [only] : Enum.GetValues<BuilderKind>();
        foreach (var kind in kinds)
        {
            var name = kind.ToString().ToLowerInvariant();
            if (ChildProcess.FindTool(name) is { } program)
            {
                var builder = new ImageBuilder(kind, program);
                await builder.RequireUsableAsync(cancellationToken);
                return builder;
            }
        }

        throw new OperationFailedException(FailureKind.MissingTool, wanted is { } missing
            ? $"no '{missing.ToString().ToLowerInvariant()}' in PATH: install it, or leave out --builder to use another."
            : $"nothing that builds images in PATH: {Install}.");
    }

    /// <summary>Arguments that fetch an image from its registry.</summary>
    /// <param name="image">Its name.</param>
    public static string[] Pull(string image) => ["pull", "--quiet", image];

    /// <summary>Arguments that succeed when an image is there already.</summary>
    /// <param name="image">Its name.</param>
    public string[] Has(string image) => Kind == BuilderKind.Buildah ? ["inspect", "--type", "image", image] : ["image", "inspect", image];

    /// <summary>
    /// Arguments that build an image reproducibly: the same files make the same image, since all times are 0 and nothing in it identifies
    /// the builder or the build.
    /// </summary>
    /// <param name="containerfile">The build file.</param>
    /// <param name="context">The directory with the files.</param>
    /// <param name="name">The name to give it.</param>
    /// <param name="arguments">The build file's arguments.</param>
    /// <param name="labels">Labels in addition to those of the build file.</param>
    public string[] Build(
        string containerfile, string context, string name, IReadOnlyDictionary<string, string> arguments,
        IReadOnlyDictionary<string, string> labels)
    {
        string[] own = Kind == BuilderKind.Docker
            // Provenance would record when and where it was built.
            ? ["buildx", "build", "--load", "--provenance=false", "--sbom=false", "--build-arg", "SOURCE_DATE_EPOCH=0"]
            // With cached layers, because without them each stage leaves a layer, empty or not. The base is there already, or is part of
            // the build.
            : ["build", "--layers", "--timestamp", "0", "--identity-label=false", "--pull=never", "--format", "oci"];
        return
        [
            .. own,
            .. arguments.SelectMany(argument => new[] { "--build-arg", $"{argument.Key}={argument.Value}" }),
            .. labels.SelectMany(label => new[] { "--label", $"{label.Key}={label.Value}" }),
            "--file", containerfile,
            "--tag", name,
            context,
        ];
    }

    /// <summary>
    /// Arguments that write an image with its name to a file in the working directory; docker's archive has the OCI layout as well.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">The name of the file, without directory: a colon in a path would be taken for its end.</param>
    public string[] Save(string name, string file) =>
        Kind == BuilderKind.Docker ? ["save", "--output", file, name] : ["push", "--quiet", name, $"oci-archive:{file}:{name}"];

    /// <summary>Arguments that push an image to its registry.</summary>
    /// <param name="name">Its name.</param>
    public string[] Push(string name) =>
        Kind == BuilderKind.Docker ? ["push", "--quiet", name] : ["push", "--quiet", name, $"docker://{name}"];

    private async Task RequireUsableAsync(CancellationToken cancellationToken)
    {
        // buildah and podman need no daemon and no plugin.
        if (Kind != BuilderKind.Docker)
        {
            return;
        }

        if (await ToolProcess.RunAsync(Program, ["version"], "/", cancellationToken) is { ExitCode: not 0 } daemon)
        {
            throw new OperationFailedException(FailureKind.MissingTool, $"docker is installed, but does not work ({daemon.Reason}): start "
                + $"it, or {Install.Replace(", podman or docker", " or podman")}.");
        }

        if (await ToolProcess.RunAsync(Program, ["buildx", "version"], "/", cancellationToken) is { ExitCode: not 0 })
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, "docker has no plugin buildx: install it (Debian: apt-get install docker-buildx; Ubuntu: "
                    + "docker-buildx-v2 or docker-buildx-plugin).");
        }
    }
}
