using System.CommandLine;
using System.Text.Json;
using Bookinfo.Cli.Images;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Kubernetes;
using Bookinfo.Local;

namespace Bookinfo.Cli.Commands;

/// <summary><c>bookinfo images build</c>: makes the container images of the services and of the load worker.</summary>
internal static class ImagesCommand
{
    private static readonly Option<string> Registry = new("--registry")
    {
        HelpName = "host/path",
        Description = "Where the images belong, such as ghcr.io/me/bookinfo; they are called <host/path>/details:<tag> and so on.",
        DefaultValueFactory = static _ => Kustomization.UsualRegistry,
    };

    private static readonly Option<string?> Tag = new("--tag")
    {
        HelpName = "tag",
        Description = "Their tag. [default: the one that deploy/parts/pod/kustomization.yaml asks for]",
    };

    private static readonly Option<string?> Base = new("--base")
    {
        HelpName = "image|debian",
        Description = "What they are built on: an image with glibc and OpenSSL 3, or debian, which is assembled from the packages of this "
            + "machine without any registry. "
            + $"[default: {BaseImage.Standard}, or debian where that cannot be fetched]",
    };

    private static readonly Option<string?> Save = new("--save")
    {
        HelpName = "directory",
        Description = "Also write each image to an archive there, <service>.tar, to load into a cluster without a registry.",
    };

    private static readonly Option<bool> Push = new("--push")
    {
        Description = "Also push them to their registry. Needs --registry.",
    };

    private static readonly Option<BuilderKind?> Builder = TypedOptions.OptionalName<BuilderKind>(
        "--builder",
        "buildah|podman|docker",
        "The program that builds. [default: the first of them in PATH]",
        "buildah, podman or docker");

    private static readonly Option<bool> NoBuild = new("--no-build")
    {
        Description = "Compile nothing; take the native executables that were compiled last.",
    };

    private static readonly Option<OutputFormat> Output = TypedOptions.Output("How to write names, sizes and digests to stdout.");

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Registry.Validators.Add(result => OptionRules.RequireRule(result, ImageNames.IsRegistry, ImageNames.RegistryRule));
        Tag.Validators.Add(result => OptionRules.RequireRule(result, ImageNames.IsTag, ImageNames.TagRule));
        Base.Validators.Add(result => OptionRules.RequireRule(
            result, text => text == BaseImage.Debian || ImageNames.IsFullName(text), ImageNames.FullNameRule));
        Save.Validators.Add(result => OptionRules.RequireRule(result, text => text.Length > 0, "it must be a directory"));
        Push.Validators.Add(result =>
        {
            if (result.GetValue(Push) && (result.GetResult(Registry) is null or { Implicit: true }))
            {
                result.AddError("--push needs --registry: a registry that you may push to.");
            }
        });

        var build = new Command(
            "build", "Compile the services and the load worker to native code and build an image of each, with buildah, podman or docker.")
        {
            Registry, Tag, Base, Save, Push, Builder, NoBuild, Output,
        };
        build.SetAction(static (result, _) => BuildAsync(result));
        return new Command("images", "Container images of the services and of the load worker.") { build };
    }

    private static async Task<int> BuildAsync(ParseResult result)
    {
        var tree = SourceTree.Find();
        var options = new ImageOptions(
            new ImageNames(result.GetValue(Registry)!, result.GetValue(Tag) ?? ImageTag.Read(tree)),
            result.GetValue(Base),
            result.GetValue(Builder),
            result.GetValue(Save) is { } directory ? GivenPath.Resolve("--save", directory) : null,
            result.GetValue(Push),
            Build: !result.GetValue(NoBuild),
            result.GetValue(Output));
        return await CommandRunner.RunAsync(signals => BuildAsync(options, tree, signals, new WorkProgress(TimeProvider.System)));
    }

    private static async Task<int> BuildAsync(ImageOptions options, SourceTree tree, StopSignals signals, WorkProgress progress)
    {
        if (OperatingSystem.IsWindows() || !SourceTree.RuntimeIdentifier.StartsWith("linux-", StringComparison.Ordinal)
            || SourceTree.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal))
        {
            throw new OperationFailedException(
                FailureKind.MissingTool, $"images need executables for Linux with glibc, which cannot be compiled on this system "
                    + $"({SourceTree.RuntimeIdentifier}).");
        }

        // Everything that can be wrong is found out before minutes of compiling.
        var builder = await ImageBuilder.FindAsync(options.Builder, signals.Stop);
        if (options.SaveDirectory is { } directory)
        {
            new WorkDirectory(directory, ".images").Dispose();
        }

        var images = new ImageBuild(tree, builder, options, progress, signals);
        images.RequirePlaces();
        var baseImage = await images.ChooseBaseAsync();
        var services = new ServiceBuild(tree, progress, TimeProvider.System);
        if (options.Build)
        {
            await services.PublishAsync(NativeProgram.All, signals.Stop);
        }
        else
        {
            services.RequireBuilt(NativeProgram.All);
        }

        Write(options.Output, builder, baseImage, await images.RunAsync(baseImage));
        return ExitCode.Success;
    }

    private static void Write(OutputFormat format, ImageBuilder builder, string baseImage, IReadOnlyList<BuiltImage> images)
    {
        if (format == OutputFormat.Json)
        {
            ToolOutput.Data.WriteLine(
                JsonSerializer.Serialize(ImageListRecord.From(builder, baseImage, images), ImageJson.Default.ImageListRecord));
            return;
        }

        foreach (var line in ToolOutput.Lines(ImageTable.Of(images)))
        {
            ToolOutput.Data.WriteLine(line);
        }
    }
}
