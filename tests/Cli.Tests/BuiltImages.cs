using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Local;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>The images, built once for all tests of a class from the executables that ./test.sh publishes.</summary>
public sealed class BuiltImages : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-images-");
    private readonly ContainerStorage _storage = new();

    /// <summary>What builds of images have lying in their directory, which no build may ever have made.</summary>
    public static IEnumerable<string> Contexts
    {
        get
        {
            var directory = Path.Combine(WorkingCopy.Root, "artifacts", "image-contexts");
            return Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory) : [];
        }
    }

    /// <summary>Where the archives are.</summary>
    public string SaveDirectory => _directory.FullName;

    /// <summary>What the command said of them.</summary>
    public JsonElement Record { get; private set; }

    internal IReadOnlyDictionary<string, SavedImage> Images { get; private set; } = new Dictionary<string, SavedImage>();

    public async ValueTask InitializeAsync()
    {
        await using var run = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"),
            ["images", "build", "--no-build", "--builder", "buildah", "--base", "debian", "--save", SaveDirectory, "--output", "json"],
            environment: _storage.Environment);
        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
        Record = JsonDocument.Parse(run.Output).RootElement;
        Images = NativeProgram.All.ToDictionary(
            program => program.Name, program => new SavedImage(Path.Combine(SaveDirectory, $"{program.Name}.tar")));
    }

    public ValueTask DisposeAsync()
    {
        _storage.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The tests that look whether a build of images has left something in the working copy: one after another.</summary>
[CollectionDefinition(nameof(ImageContexts))]
public sealed class ImageContexts;
