using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using System.Xml.Linq;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Images;

/// <summary>Builds the images of the programs from their native executables, and measures, saves and pushes them.</summary>
/// <param name="tree">The source tree.</param>
/// <param name="builder">The program that builds.</param>
/// <param name="options">What the user asked for.</param>
/// <param name="progress">Shows the progress.</param>
/// <param name="signals">
/// Ctrl-C: the first ends a transfer at once, but lets a build step finish; the second ends that as well.
/// </param>
[UnsupportedOSPlatform("windows")]
internal sealed class ImageBuild(SourceTree tree, ImageBuilder builder, ImageOptions options, WorkProgress progress, StopSignals signals)
{
    private const string BaseArchive = "base.tar";

    /// <summary>The version of all projects, including this tool.</summary>
    private static readonly string Version =
        typeof(ImageBuild).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Makes sure that the archives can be written that images are to be saved to.</summary>
    /// <exception cref="OperationFailedException">One cannot.</exception>
    public void RequirePlaces()
    {
        foreach (var file in options.SaveDirectory is { } directory
            ? NativeProgram.All.Select(program => Path.Combine(directory, FileName(program)))
            : [])
        {
            if (OutputFile.FindProblem(file) is { } why)
            {
                throw new OperationFailedException(FailureKind.InvalidRequest, $"--save: the file '{file}' cannot be written: {why}.");
            }
        }
    }

    /// <summary>Chooses a base image that is available, and fetches it.</summary>
    /// <returns>The base image, or <see cref="BaseImage.Debian"/>.</returns>
    /// <exception cref="OperationFailedException">No base image is available.</exception>
    public async Task<string> ChooseBaseAsync()
    {
        if (options.Base == BaseImage.Debian)
        {
            return DebianPackages.AreHere ? BaseImage.Debian : throw new OperationFailedException(
                FailureKind.MissingTool, "--base debian is assembled from the Debian packages of this machine, which has none: it is "
                    + "neither Debian nor a derivative such as Ubuntu.");
        }

        var image = options.Base ?? BaseImage.Standard;
        try
        {
            await progress.RunAsync($"Fetching the base image {image}", lastTime: null, _ => FetchAsync(image));
            return image;
        }
        catch (OperationFailedException failure) when (DebianPackages.AreHere && failure.Kind == FailureKind.RegistryFailed)
        {
            if (options.Base is not null)
            {
                throw new OperationFailedException(
                    failure.Kind, $"{failure.Message} '--base debian' assembles one from the packages of this machine.");
            }

            await ToolOutput.Messages.WriteLineAsync($"bookinfo: {PrintableText.Clean(failure.Message)} One is assembled from the packages "
                + "of this machine instead (--base debian).");
            return BaseImage.Debian;
        }
    }

    /// <summary>Builds the images.</summary>
    /// <param name="baseImage">The base image, or <see cref="BaseImage.Debian"/>.</param>
    /// <returns>The images, in the order of <see cref="NativeProgram.All"/>.</returns>
    /// <exception cref="OperationFailedException">One could not be built, saved or pushed.</exception>
    public async Task<IReadOnlyList<BuiltImage>> RunAsync(string baseImage)
    {
        using var context = new WorkDirectory(Path.Combine(tree.Artifacts, "image-contexts"), "build");
        // In the directory of the final files, so that each can be renamed in one step when it is complete.
        using var archives = new WorkDirectory(options.SaveDirectory ?? context.Path, ".images");
        var images = new List<BuiltImage>();
        await progress.RunAsync("Building the images", lastTime: null, async report =>
        {
            report("base");
            await PrepareAsync(context.Path, baseImage);
            foreach (var (index, program) in NativeProgram.All.Index())
            {
                report($"{program.Name}, {index + 1} of {NativeProgram.All.Count}");
                images.Add(await BuildAsync(program, context.Path, archives.Path, baseImage));
            }
        });
        foreach (var image in images.Where(image => image.File is not null))
        {
            try
            {
                Place(Path.Combine(archives.Path, FileName(image.Program)), image.File!);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new OperationFailedException(
                    FailureKind.Failed,
                    $"the image of {image.Program.Name} cannot be saved as {image.File}: {exception.Message.TrimEnd('.')}.");
            }
        }

        if (options.Push)
        {
            await progress.RunAsync("Pushing the images", lastTime: null, async report =>
            {
                foreach (var (index, image) in images.Index())
                {
                    report($"{image.Program.Name}, {index + 1} of {images.Count}");
                    Require(await TransferAsync(builder.Push(image.Name)), FailureKind.RegistryFailed, $"{image.Name} cannot be pushed");
                }
            });
        }

        return images;
    }

    /// <summary>Puts an archive that is complete where it is to be.</summary>
    private static void Place(string archive, string file)
    {
        try
        {
            File.Move(archive, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && File.Exists(file))
        {
            // A mount point, or a file of somebody else's in a directory such as /tmp. It may take what is written to it.
            File.Copy(archive, file, overwrite: true);
        }
    }

    private static string FileName(NativeProgram program) => $"{program.Name}.tar";

    private static void Require(ToolResult result, FailureKind kind, string problem)
    {
        if (result.ExitCode != 0)
        {
            throw new OperationFailedException(kind, $"{problem}: {result.Reason}.");
        }
    }

    private async Task FetchAsync(string image)
    {
        var pull = await TransferAsync(ImageBuilder.Pull(image));
        // If the registry does not answer, an image that was fetched before will do.
        if (pull.ExitCode != 0 && (await TransferAsync(builder.Has(image))).ExitCode != 0)
        {
            throw new OperationFailedException(FailureKind.RegistryFailed, $"the base image {image} cannot be fetched: {pull.Reason}.");
        }
    }

    private async Task PrepareAsync(string context, string baseImage)
    {
        foreach (var program in NativeProgram.All)
        {
            var copy = Path.Combine(context, program.Name);
            File.Copy(tree.NativeExecutable(program.Project), copy);
            // Docker keeps the times of files that it copies; the same files have to make the same image.
            File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch);
        }

        if (baseImage == BaseImage.Debian)
        {
            await using var archive = File.Create(Path.Combine(context, BaseArchive));
            await new DebianBase(new DebianPackages(signals.Stop)).WriteAsync(
                NativeProgram.All.Select(program => tree.NativeExecutable(program.Project)), archive);
        }
    }

    private async Task<BuiltImage> BuildAsync(NativeProgram program, string context, string archives, string baseImage)
    {
        var name = options.Names.Of(program);
        var isAssembled = baseImage == BaseImage.Debian;
        var arguments = new Dictionary<string, string>
        {
            ["BASE"] = isAssembled ? BaseImage.AssembledStage : baseImage,
            ["PORT"] = program.Port.ToString(CultureInfo.InvariantCulture),
            ["VERSION"] = Version,
            ["DESCRIPTION"] = XDocument.Load(tree.ProjectFile(program.Project)).Descendants("Description").Single().Value,
        };
        var labels = new Dictionary<string, string>();
        if (!isAssembled)
        {
            labels["org.opencontainers.image.base.name"] = baseImage;
        }

        // In the directory with all executables, of which each image copies only its own.
        var containerfile = Path.Combine(context, $"{program.Name}.containerfile");
        await File.WriteAllTextAsync(
            containerfile,
            (await File.ReadAllTextAsync(Path.Combine(tree.Root, "deploy", "images", "Containerfile"))).Replace("{program}", program.Name));
        var build = builder.Build(containerfile, context, name, arguments, labels);
        Require(await StepAsync(build, context), FailureKind.BuildFailed, $"the image of {program.Name} cannot be built");
        Require(
            await StepAsync(builder.Save(name, FileName(program)), archives),
            FailureKind.BuildFailed,
            $"the image of {program.Name} cannot be saved");
        var archive = await ImageArchive.ReadAsync(Path.Combine(archives, FileName(program)), builder.Kind, signals.Stop);
        return new BuiltImage(
            program, name, archive, options.SaveDirectory is { } directory ? Path.Combine(directory, FileName(program)) : null);
    }

    private async Task<ToolResult> RunToolAsync(string[] arguments, string directory, CancellationToken cancellationToken)
    {
        try
        {
            return await ToolProcess.RunAsync(builder.Program, arguments, directory, cancellationToken);
        }
        catch (Win32Exception exception)
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, $"{builder.Program} cannot be run: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Fetches or sends something. The first Ctrl-C ends it.</summary>
    private Task<ToolResult> TransferAsync(string[] arguments) => RunToolAsync(arguments, "/", signals.Stop);

    /// <summary>
    /// Runs a step of a build. It takes some seconds, and only the second Ctrl-C ends it midway: buildah would leave its working container
    /// behind.
    /// </summary>
    private async Task<ToolResult> StepAsync(string[] arguments, string directory)
    {
        signals.Stop.ThrowIfCancellationRequested();
        await using var notice = signals.Stop.Register(() => ToolOutput.Messages.WriteLine("Interrupted: finishing this step, "
            + "which takes some seconds. Ctrl-C again ends it at once."));
        var result = await RunToolAsync(arguments, directory, signals.Kill);
        signals.Stop.ThrowIfCancellationRequested();
        return result;
    }
}

/// <summary>A directory for files that are needed only during a build.</summary>
internal sealed class WorkDirectory : IDisposable
{
    /// <summary>Creates an empty directory.</summary>
    /// <param name="parent">The directory to create it in; created as well if it does not exist.</param>
    /// <param name="name">How its name begins.</param>
    /// <exception cref="OperationFailedException">The directory cannot be created.</exception>
    public WorkDirectory(string parent, string name)
    {
        Path = System.IO.Path.Combine(parent, $"{name}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, $"nothing can be written to {parent}: {exception.Message}");
        }
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>What the user asked <c>images build</c> for.</summary>
/// <param name="Names">The names of the images.</param>
/// <param name="Base">
/// The base image, <see cref="BaseImage.Debian"/>, or <see langword="null"/> for the standard one, or Debian if that is not available.
/// </param>
/// <param name="Builder">The program that builds; <see langword="null"/> for the first that is there.</param>
/// <param name="SaveDirectory">The full path of the directory for the archives; <see langword="null"/> to save none.</param>
/// <param name="Push">Whether to push the images to their registry.</param>
/// <param name="Build">Whether to compile what is out of date.</param>
/// <param name="Output">How to write what was built.</param>
internal sealed record ImageOptions(
    ImageNames Names,
    string? Base,
    BuilderKind? Builder,
    string? SaveDirectory,
    bool Push,
    bool Build,
    OutputFormat Output);

/// <summary>What the images are built on.</summary>
internal static class BaseImage
{
    /// <summary>What the user calls the base that is assembled from the packages of this machine.</summary>
    public const string Debian = "debian";

    /// <summary>What the build file calls that base.</summary>
    public const string AssembledStage = "assembled";

    /// <summary>
    /// Microsoft's base for programs that include their runtime: Ubuntu 24.04, reduced to what .NET needs, without a shell.
    /// </summary>
    public const string Standard = "mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled";
}

/// <summary>The programs that can build an image, in the order in which they are looked for.</summary>
internal enum BuilderKind
{
    /// <summary>Needs no daemon and no container runtime.</summary>
    Buildah,

    /// <summary>Needs no daemon.</summary>
    Podman,

    /// <summary>Needs its daemon, version 25 or newer, and its plugin buildx.</summary>
    Docker,
}
