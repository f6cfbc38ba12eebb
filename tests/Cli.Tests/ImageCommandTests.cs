using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Local;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>bookinfo images build</c> deals with what builds, with registries and with Ctrl-C.</summary>
[Collection(nameof(ImageContexts))]
[Trait("Needs", "native")]
public sealed class ImageCommandTests : IDisposable
{
    private const string Standard = "mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-images-");

    private string Save => Path.Combine(_directory.FullName, "new", "images");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Says_what_to_install_when_nothing_can_build()
    {
        var tools = _directory.CreateSubdirectory("tools");
        foreach (var tool in new[] { "bash", "dirname", "readlink", "dotnet" })
        {
            var path = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, tool)).First(
                File.Exists);
            File.CreateSymbolicLink(Path.Combine(tools.FullName, tool), path);
        }

        var environment = new Dictionary<string, string> { ["PATH"] = tools.FullName };
        await FailsAsync(
            environment, ExitCode.MissingTool,
            "bookinfo: nothing that builds images in PATH: install buildah (Debian, Ubuntu: apt-get install buildah), podman or docker.\n");
        await FailsAsync(
            environment, ExitCode.MissingTool, "bookinfo: no 'podman' in PATH: install it, or leave out --builder to use another.\n",
            "--builder", "podman");
    }

    [Theory]
    [InlineData(
        "version*) echo 'Cannot connect to the Docker daemon. Is it running?' >&2; exit 1 ;;",
        "bookinfo: docker is installed, but does not work (Cannot connect to the Docker daemon. Is it running?): "
            + "start it, or install buildah")]
    [InlineData("buildx*) exit 1 ;;", "bookinfo: docker has no plugin buildx: install it (Debian: apt-get install docker-buildx")]
    public async Task Says_what_is_wrong_with_docker(string cases, string message)
    {
        using var docker = new FakeTool("docker", cases);
        await FailsAsync(docker.Environment, ExitCode.MissingTool, message, "--builder", "docker");
    }

    [Fact]
    public async Task A_base_that_cannot_be_fetched_is_replaced_when_nobody_asked_for_it()
    {
        // Its end is that of the build, which the script cannot do.
        using var buildah = new FakeTool("buildah", "pull* | inspect*) echo 'Error: no such host' >&2; exit 125 ;; build*) cp -rp \"$(eval "
            + "echo \\${$#})\" \"$own/context\"; exit 1 ;;");
        await FailsAsync(
            buildah.Environment, ExitCode.BuildFailed,
            $"bookinfo: the base image {Standard} cannot be fetched: no such host. One is assembled from the packages of this machine "
            + $"instead (--base debian).\n");

        Assert.Equal([$"pull --quiet {Standard}", $"inspect --type image {Standard}"], buildah.Calls.Take(2));
        Assert.Contains("--build-arg BASE=assembled --build-arg PORT=9080 ", buildah.Calls[2]);
        Assert.DoesNotContain("base.name", buildah.Calls[2]);
        Assert.Equal(
            NativeProgram.All.Select(program => program.Name).Append("base.tar").Append("details.containerfile").Order(),
            Directory.GetFiles(buildah.PathOf("context")).Select(Path.GetFileName).Order());
        // Docker keeps them.
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(buildah.PathOf("context/details")));
    }

    [Theory]
    [InlineData(
        "dpkg-query", "-L\\ ca-certificates) exit 1", ExitCode.MissingTool,
        "an image needs certificates, which is not installed here: apt-get install ca-certificates.")]
    [InlineData(
        "dpkg-query", "-S\\ */libssl.so.3) exit 1", ExitCode.MissingTool,
        "an image needs libssl.so.3, which is not installed here: apt-get install openssl.")]
    [InlineData(
        "dpkg-query", "-S\\ */libm.so.6) exit 1", ExitCode.BuildFailed, "libm.so.6, which is of no package: it has no place in an image.")]
    [InlineData(
        "ldd", "*Bookinfo.Details) echo '  libx.so.1 => not found'; exit 0", ExitCode.BuildFailed,
        "Bookinfo.Details needs libx.so.1, which is not installed: install its package with apt-get.")]
    [InlineData(
        "ldd", "*libssl.so.3) echo 'bad ELF' >&2; exit 1", ExitCode.BuildFailed, "libssl.so.3 needs cannot be found: ldd says 'bad ELF'.")]
    public async Task Says_what_the_machine_lacks_to_assemble_a_base(string name, string @case, int exitCode, string message)
    {
        using var buildah = new FakeTool("buildah", "");
        using var tool = new FakeTool(name, $"{@case} ;; *) exec /usr/bin/{name} \"$@\" ;;");
        await FailsAsync(tool.EnvironmentWith(buildah), exitCode, message, "--base", "debian");

        Assert.Empty(buildah.Calls);
        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task Any_image_can_be_the_base()
    {
        using var storage = new ContainerStorage();
        var context = _directory.CreateSubdirectory("base").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(context, "Containerfile"),
            "FROM scratch\nCOPY file /\nENV ASPNETCORE_HTTP_PORTS=8080\nUSER root\nCMD [\"/file\"]\n",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(context, "file"), "x", TestContext.Current.CancellationToken);
        await storage.BuildahAsync("build", "--tag", "localhost/base:1", context);
        await using var run = Build(storage.Environment, "--builder", "buildah", "--base", "localhost/base:1", "--save", Save);
        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());

        var images = NativeProgram.All.Select(program => new SavedImage(Path.Combine(Save, $"{program.Name}.tar"))).ToList();
        Assert.Single(images.Select(image => image.LayerDigests[0]).Distinct());
        Assert.Equal(
            NativeProgram.All.Select(program => $"ASPNETCORE_HTTP_PORTS={program.Port}"),
            images.Select(image => image.Config["config"]!["Env"]!.AsArray().Select(variable => (string)variable!)
                .Single(variable => variable.StartsWith("ASPNETCORE_HTTP_PORTS=", StringComparison.Ordinal))));
        Assert.All(images, image =>
        {
            Assert.Equal("file", image.Entries[0].Name);
            var config = image.Config["config"]!;
            Assert.Equal("localhost/base:1", (string?)config["Labels"]!["org.opencontainers.image.base.name"]);
            Assert.Equal("65532:65532", (string?)config["User"]);
            Assert.Null(config["Cmd"]);
        });
    }

    [Fact]
    public async Task A_base_that_was_asked_for_is_not_replaced()
    {
        using var buildah = new FakeTool("buildah", "pull* | inspect*) echo 'Error: unauthorized' >&2; exit 125 ;;");
        await FailsAsync(
            buildah.Environment, ExitCode.RegistryFailed,
            "bookinfo: the base image registry.example/base:1 cannot be fetched: unauthorized. '--base debian' assembles one from the "
            + "packages of this machine.\n",
            "--base", "registry.example/base:1");
    }

    [Fact]
    public async Task A_real_registry_that_is_not_there_is_a_clear_failure()
    {
        using var storage = new ContainerStorage();
        var port = FreePort.Find();
        await FailsAsync(
            storage.Environment, ExitCode.RegistryFailed, $"bookinfo: the base image localhost:{port}/base:1 cannot be fetched: ", "--base",
            $"localhost:{port}/base:1");
    }

    [Fact]
    public async Task A_base_that_was_fetched_before_will_do_without_its_registry()
    {
        using var buildah = new FakeTool("buildah", "pull*) exit 125 ;; build*) echo 'Error: enough' >&2; exit 1 ;;");
        await FailsAsync(
            buildah.Environment,
            ExitCode.BuildFailed,
            "bookinfo: the image of details cannot be built: enough.\n",
            "--base",
            "localhost/base:1");

        Assert.Contains("--build-arg BASE=localhost/base:1 ", buildah.Calls[2]);
        Assert.Contains(" --label org.opencontainers.image.base.name=localhost/base:1 ", buildah.Calls[2]);
    }

    [Fact]
    public async Task An_image_that_cannot_be_saved_leaves_nothing_behind()
    {
        using var buildah = new FakeTool("buildah", "push*) echo x > details.tar; echo 'Error: no space left' >&2; exit 1 ;;");
        await FailsAsync(
            buildah.Environment,
            ExitCode.BuildFailed,
            "bookinfo: the image of details cannot be saved: no space left.\n",
            "--base",
            "debian",
            "--save",
            Save);

        Assert.Empty(Directory.GetFileSystemEntries(Save));
        Assert.Empty(BuiltImages.Contexts);
    }

    /// <summary>A container that is given files of its host cannot replace them.</summary>
    [Fact]
    public async Task An_archive_that_is_mounted_is_written_to()
    {
        using var docker = new FakeTool("docker", "save*) cp \"$own/archive\" \"$3\" ;;");
        ImageArchives.Write(docker.PathOf("archive"), [ImageArchives.Layer(1000)], nested: true);
        Directory.CreateDirectory(Save);
        var (mounted, host) = (Path.Combine(Save, "details.tar"), Path.Combine(_directory.FullName, "host.tar"));
        await File.WriteAllTextAsync(mounted, "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(host, new string('x', 1_000_000), TestContext.Current.CancellationToken);
        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];
        await using var run = CommandRun.Start(
            "unshare",
            [
                .. own, "/bin/sh", "-c", "mount --bind \"$1\" \"$2\" && shift 2 && exec dotnet \"$@\"", "sh", host, mounted,
                CommandRun.ToolAssembly, "images", "build", "--no-build", "--builder", "docker", "--save", Save,
            ],
            environment: docker.Environment);

        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
        Assert.Equal(
            await File.ReadAllBytesAsync(docker.PathOf("archive"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(host, TestContext.Current.CancellationToken));
        Assert.Equal(NativeProgram.All.Count, Directory.GetFileSystemEntries(Save).Length);
    }

    [Fact]
    public async Task An_archive_that_cannot_be_written_is_told_before_anything_is_built()
    {
        using var docker = new FakeTool("docker", "");
        Directory.CreateDirectory(Path.Combine(Save, "ratings.tar"));
        await FailsAsync(
            docker.Environment, ExitCode.InvalidUsage,
            $"bookinfo: --save: the file '{Save}/ratings.tar' cannot be written: it is a directory.\n", "--builder", "docker", "--save",
            Save);

        Assert.DoesNotContain(docker.Calls, call => call.Contains("pull", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_to_is_refused_before_anything_is_done()
    {
        using var buildah = new FakeTool("buildah", "");
        var file = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await FailsAsync(
            buildah.Environment, ExitCode.InvalidUsage, $"bookinfo: nothing can be written to {file}/below: ", "--save", $"{file}/below");

        Assert.Empty(buildah.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Buildah_pushes_to_the_registry(bool allowed)
    {
        using var buildah = new FakeTool("buildah", "*oci-archive:*) cp \"$own/archive\" details.tar; for s in "
            + $"{string.Join(' ', NativeProgram.All.Select(program => program.Name).Skip(1))}; do cp details.tar $s.tar; done ;; "
            + "*docker://*) "
            + $"{(allowed ? "" : "echo 'Error: denied' >&2; exit 1")} ;;");
        ImageArchives.Write(buildah.PathOf("archive"), [ImageArchives.Zip(ImageArchives.Layer(100))]);
        await using var run = Build(buildah.Environment, "--base", "debian", "--registry", "ghcr.io/me", "--tag", "1", "--push");

        if (allowed)
        {
            Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());
            Assert.Equal(
                NativeProgram.All.Select(program => $"push --quiet ghcr.io/me/{program.Name}:1 docker://ghcr.io/me/{program.Name}:1"),
                buildah.Calls.Where(call => call.Contains("docker://", StringComparison.Ordinal)));
        }
        else
        {
            Assert.Equal(ExitCode.RegistryFailed, await run.ExitAsync());
            Assert.EndsWith("bookinfo: ghcr.io/me/details:1 cannot be pushed: denied.\n", run.Messages);
            Assert.Empty(run.Output);
        }

        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task Docker_is_told_the_same_in_its_own_words()
    {
        using var docker = new FakeTool("docker", "save*) cp \"$own/archive\" \"$3\" ;;");
        var digest = ImageArchives.Write(
            docker.PathOf("archive"), [ImageArchives.Layer(3_000_000), ImageArchives.Layer(2_000_000)], nested: true);
        await using var run = Build(
            docker.Environment,
            "--builder",
            "docker",
            "--registry",
            "ghcr.io/me",
            "--tag",
            "1",
            "--save",
            Save,
            "--push",
            "--output",
            "json");
        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());

        Assert.Equal(["version", "buildx version", $"pull --quiet {Standard}"], docker.Calls.Take(3));
        Assert.Matches(
            "^buildx build --load --provenance=false --sbom=false --build-arg SOURCE_DATE_EPOCH=0 "
            + $"--build-arg BASE={Standard} --build-arg PORT=9080 --build-arg VERSION=0\\.1\\.0 "
            + "--build-arg DESCRIPTION=What is known of a book, or what Google Books knows --label "
            + $"org\\.opencontainers\\.image\\.base\\.name={Standard} "
            + "--file [^ ]+/details\\.containerfile --tag ghcr\\.io/me/details:1 [^ ]+/artifacts/image-contexts/build-[0-9a-f]+$",
            docker.Calls[3]);
        Assert.Equal("save --output details.tar ghcr.io/me/details:1", docker.Calls[4]);
        Assert.Equal(
            NativeProgram.All.Select(program => $"push --quiet ghcr.io/me/{program.Name}:1"),
            docker.Calls.TakeLast(NativeProgram.All.Count));

        var result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((5_000_000, Standard), (result.GetProperty("bytes").GetInt64(), result.GetProperty("base").GetString()));
        Assert.All(result.GetProperty("images").EnumerateArray(), image =>
        {
            Assert.Equal((digest, 5_000_000), (image.GetProperty("digest").GetString(), image.GetProperty("bytes").GetInt64()));
            Assert.True(File.Exists(image.GetProperty("archive").GetString()));
        });
        Assert.Empty(BuiltImages.Contexts);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_ends_a_transfer_at_once(string signal)
    {
        using var buildah = new FakeTool("buildah", "pull*) sleep 1000 ;;");
        await using var run = Build(buildah.Environment);
        await run.DoesAsync("the transfer", () => buildah.Calls.Count > 0);

        await run.SignalGroupAsync(signal);

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.EndsWith("Interrupted.\n", run.Messages);
        await run.NothingSurvivesAsync();
        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task Ctrl_C_lets_a_step_of_a_build_end_and_starts_no_other()
    {
        using var buildah = new FakeTool(
            "buildah", "build*) until [ -e \"$own/go\" ]; do echo >> \"$own/alive\"; sleep 0.05; done; touch \"$own/done\" ;;");
        await using var run = Build(buildah.Environment, "--base", "debian", "--save", Save);
        await run.DoesAsync("the build", () => buildah.Calls.Count > 0);

        await run.SignalGroupAsync("INT");
        await run.DoesAsync(
            "the notice", () => run.Messages.Contains("Interrupted: finishing this step", StringComparison.Ordinal));
        var signs = new FileInfo(buildah.PathOf("alive")).Length;
        await run.DoesAsync("more signs of life", () => new FileInfo(buildah.PathOf("alive")).Length > signs + 5);
        await File.WriteAllTextAsync(buildah.PathOf("go"), "", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.True(File.Exists(buildah.PathOf("done")));
        Assert.Single(buildah.Calls);
        Assert.Empty(Directory.GetFileSystemEntries(Save));
        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task A_second_Ctrl_C_ends_that_as_well()
    {
        using var buildah = new FakeTool("buildah", "build*) sleep 1000 ;;");
        await using var run = Build(buildah.Environment, "--base", "debian");
        await run.DoesAsync("the build", () => buildah.Calls.Count > 0);

        await run.SignalGroupAsync("INT");
        await run.DoesAsync("the notice", () => run.Messages.Contains("Ctrl-C again ends it at once", StringComparison.Ordinal));
        await run.InterruptAgainAsync();

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        await run.NothingSurvivesAsync();
        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_container_in_buildahs_storage()
    {
        using var storage = new ContainerStorage();
        await using var run = Build(storage.Environment, "--builder", "buildah", "--base", "debian", "--save", Save);
        await run.DoesAsync("buildah", () => run.Alive.Any(process => process.Name.Contains("buildah", StringComparison.Ordinal)));

        await run.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        await run.NothingSurvivesAsync();
        Assert.Equal("", (await storage.BuildahAsync("containers", "--quiet")).Trim());
        Assert.Empty(Directory.GetFileSystemEntries(Save));
        Assert.Empty(BuiltImages.Contexts);
    }

    private static CommandRun Build(Dictionary<string, string> environment, params string[] arguments) =>
        CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["images", "build", "--no-build", .. arguments], environment: environment);

    private static async Task FailsAsync(Dictionary<string, string> environment, int exitCode, string message, params string[] arguments)
    {
        await using var run = Build(environment, arguments);
        Assert.True(await run.ExitAsync() == exitCode, run.ToString());
        Assert.Contains(message, run.Messages);
        Assert.Empty(run.Output);
    }
}
