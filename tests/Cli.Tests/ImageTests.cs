using System.Formats.Tar;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Local;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>The images that <c>bookinfo images build --base debian</c> makes: what is in them, and that they run.</summary>
[Collection(nameof(ImageContexts))]
[Trait("Needs", "native")]
public sealed partial class ImageTests(BuiltImages built) : IClassFixture<BuiltImages>
{
    private const long Megabyte = 1_000_000;
    private const string Title = "org.opencontainers.image.title";

    public static TheoryData<string> Programs => [.. NativeProgram.All.Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Nothing_in_it_can_be_run_but_the_program(string program)
    {
        var executables = Image(program).Entries
            .Where(entry => entry.EntryType != TarEntryType.Directory
                && (entry.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0)
            .Select(entry => $"/{entry.Name}")
            // Links have all modes; what they lead to is here as well.
            .Where(path => !Library().IsMatch(path) && path is not ("/lib" or "/lib64" or "/lib32" or "/libx32" or "/usr/lib64"
                or "/usr/lib/ssl/cert.pem" or "/etc/os-release"));
        Assert.Equal([$"/app/{program}"], executables);
        Assert.DoesNotContain(
            Image(program).Entries,
            entry => entry.Name.StartsWith("bin", StringComparison.Ordinal) || entry.Name.StartsWith("usr/bin", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Its_files_belong_to_root_have_no_times_and_cannot_be_written_by_others(string program)
    {
        Assert.All(Image(program).Entries, entry =>
        {
            Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
            Assert.True((entry.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) == 0, entry.Name);
            Assert.True(
                entry.EntryType == TarEntryType.SymbolicLink
                    || entry.Name.Trim('/') == "tmp"
                    || (entry.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0,
                entry.Name);
        });
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_starts_the_program_as_nobody_on_its_port(string program)
    {
        var config = Image(program).Config["config"]!;
        var port = NativeProgram.All.Single(one => one.Name == program).Port;
        Assert.Equal(program == "load-worker" ? 9091 : 9080, port);
        Assert.Equal("65532:65532", (string?)config["User"]);
        Assert.Equal([$"/app/{program}"], config["Entrypoint"]!.AsArray().Select(part => (string?)part));
        Assert.Null(config["Cmd"]);
        Assert.Equal([$"{port}/tcp"], config["ExposedPorts"]!.AsObject().Select(port => port.Key));
        Assert.Contains($"ASPNETCORE_HTTP_PORTS={port}", config["Env"]!.AsArray().Select(variable => (string?)variable));
        Assert.Equal("1970-01-01T00:00:00Z", (string?)Image(program).Config["created"]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_says_what_it_is(string program)
    {
        var labels = Image(program).Config["config"]!["Labels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!);
        Assert.Equal([Title.Replace("title", "description"), Title, Title.Replace("title", "version")], labels.Keys.Order());
        Assert.Equal($"Bookinfo {program}", labels[Title]);
        Assert.Equal(typeof(ExitCode).Assembly.GetName().Version!.ToString(3), labels[Title.Replace("title", "version")]);
        Assert.NotEmpty(labels[Title.Replace("title", "description")]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Its_archive_has_the_name_and_the_tag_that_the_manifests_ask_for(string program)
    {
        var tag = File.ReadLines(Path.Combine(WorkingCopy.Root, "deploy", "parts", "pod", "kustomization.yaml"))
            .Single(line => line.Contains("newTag:", StringComparison.Ordinal))
            .Split(' ')[^1];
        Assert.Equal(
            $"localhost/bookinfo/{program}:{tag}", (string?)Image(program).Index["annotations"]!["org.opencontainers.image.ref.name"]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_has_at_most_32_MB_and_14_MB_to_pull(string program)
    {
        Assert.InRange(Image(program).Bytes, Megabyte, 32 * Megabyte);
        Assert.InRange(Image(program).CompressedBytes, Megabyte, 14 * Megabyte);
    }

    [Fact]
    public void The_four_services_have_at_most_80_MB_with_the_base_counted_once()
    {
        static List<(string Digest, long Bytes)> Layers(IEnumerable<SavedImage> images) =>
            [.. images.SelectMany(image => image.LayerDigests.Zip(image.Layers.Select(layer => (long)layer.Length))).Distinct()];
        var services = Layers(ServiceCatalog.All.Select(service => Image(service.Name)));
        // The base, and an executable each.
        Assert.Equal(1 + ServiceCatalog.All.Count, services.Count);
        Assert.All(built.Images.Values, image => Assert.Equal(2, image.LayerDigests.Count));
        Assert.InRange(services.Sum(layer => layer.Bytes), Megabyte, 80 * Megabyte);
        // The load worker, which few nodes ever see, has the same base.
        var all = Layers(built.Images.Values);
        Assert.Equal(services.Count + 1, all.Count);
        Assert.Equal(all.Sum(layer => layer.Bytes), built.Record.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void The_command_says_names_digests_sizes_and_files()
    {
        Assert.Equal(
            ("buildah", "debian"), (built.Record.GetProperty("builder").GetString(), built.Record.GetProperty("base").GetString()));
        Assert.Equal(
            built.Images.Select(image =>
                (image.Key, (string?)image.Value.Index["annotations"]!["org.opencontainers.image.ref.name"], image.Value.Digest,
                    image.Value.Bytes, image.Value.CompressedBytes, Path.Combine(built.SaveDirectory, $"{image.Key}.tar"))),
            built.Record.GetProperty("images").EnumerateArray().Select(image => (
                image.GetProperty("program").GetString()!,
                image.GetProperty("image").GetString(),
                image.GetProperty("digest").GetString()!,
                image.GetProperty("bytes").GetInt64(),
                image.GetProperty("compressedBytes").GetInt64(),
                image.GetProperty("archive").GetString()!)));
        // Nothing but the archives, and nothing left of the build.
        Assert.Equal(
            NativeProgram.All.Select(program => $"{program.Name}.tar").Order(),
            Directory.GetFileSystemEntries(built.SaveDirectory).Select(Path.GetFileName).Order());
        Assert.Empty(BuiltImages.Contexts);
    }

    [Fact]
    public async Task A_second_build_elsewhere_has_the_same_digests()
    {
        // Another storage, made another way; another mask; other names.
        using var storage = new ContainerStorage("vfs");
        await using var run = CommandRun.Start(
            "/bin/sh",
            [
                "-c", "umask 077; exec \"$@\"", "sh", Path.Combine(WorkingCopy.Root, "bookinfo"), "images", "build", "--no-build", "--base",
                "debian", "--builder", "buildah", "--registry", "localhost:5000/other", "--tag", "v2",
            ],
            environment: storage.Environment);
        Assert.True(await run.ExitAsync() == ExitCode.Success, run.ToString());

        foreach (var (program, image) in built.Images)
        {
            var line = run.Output.Split('\n').Single(line => line.StartsWith($"{program} ", StringComparison.Ordinal));
            Assert.Contains($" localhost:5000/other/{program}:v2 ", line);
            Assert.EndsWith($" {image.Digest["sha256:".Length..][..12]}", line);
        }

        Assert.Contains("localhost:5000/other/details", await storage.BuildahAsync("images"));
        Assert.Equal("", (await storage.BuildahAsync("containers", "--quiet")).Trim());
    }

    [Fact]
    public void Scanners_find_the_distribution_and_its_packages()
    {
        var image = Image("details");
        var owner = Encoding.UTF8.GetString(image.Content("/usr/lib/os-release"));
        Assert.Equal(File.ReadAllText("/usr/lib/os-release"), owner);
        var packages = image.Entries.Where(entry => entry.Name.StartsWith("var/lib/dpkg/status.d/", StringComparison.Ordinal)
            && entry.EntryType == TarEntryType.RegularFile)
            .Select(entry => (Name: Path.GetFileName(entry.Name), Status: Encoding.UTF8.GetString(image.Content($"/{entry.Name}"))))
                .ToList();
        Assert.All(packages, package =>
        {
            Assert.Matches($@"^Package: {Regex.Escape(package.Name)}\n", package.Status);
            Assert.Matches(@"\nVersion: \S+\n", package.Status);
            Assert.Contains(image.Entries, entry => entry.Name == $"usr/share/doc/{package.Name}/copyright");
        });
        Assert.Superset(
            new HashSet<string> { "base-files", "ca-certificates", "libc6" }, packages.Select(package => package.Name).ToHashSet());
        Assert.Contains(packages, package => package.Name.StartsWith("libssl3", StringComparison.Ordinal));
    }

    [Fact]
    public void It_trusts_what_the_distribution_trusts_and_nothing_that_this_machine_trusts_beside_that()
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(Encoding.UTF8.GetString(Image("details").Content("/etc/ssl/certs/ca-certificates.crt")));
        var packaged = Directory.GetFiles("/usr/share/ca-certificates/mozilla", "*.crt").Select(
            file => X509CertificateLoader.LoadCertificateFromFile(file).Thumbprint);
        Assert.Equal(packaged.Order(), trusted.Select(certificate => certificate.Thumbprint).Order());
        Assert.Equal(
            "/etc/ssl/certs/ca-certificates.crt", Image("details").Entries.Single(entry => entry.Name == "usr/lib/ssl/cert.pem").LinkName);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task It_runs_with_a_root_that_nobody_can_write_to(string program)
    {
        await using var running = await RunningImage.StartAsync(Image(program), program, []);

        Assert.Equal(HttpStatusCode.OK, await running.StatusAsync("/health/ready"));
    }

    [Fact]
    public async Task It_speaks_TLS()
    {
        using var certificate = CreateCertificate();
        await using var books = new LoopbackServer(async (client, _, token) =>
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, token);
            await tls.ReadAtLeastAsync(new byte[4096], 1, cancellationToken: token);
            var body = """{"items":[{"volumeInfo":{"publisher":"Over TLS"}}]}""";
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + $"{body.Length}\r\nConnection: close\r\n\r\n{body}"), token);
        });
        var settings = new Dictionary<string, string>
        {
            ["ENABLE_EXTERNAL_BOOK_SERVICE"] = "true",
            ["EXTERNAL_BOOK_SERVICE_URL"] = $"https://127.0.0.1:{books.Address.Port}",
        };

        // Nobody in the image trusts it: that is found out, and no reason to fall over.
        await using (var details = await RunningImage.StartAsync(Image("details"), "details", settings))
        {
            Assert.Equal(HttpStatusCode.BadGateway, await details.StatusAsync("/details/0"));
            await Eventually.HoldsAsync(
                "what was wrong, in the log", () => details.Log.Contains("secure_connection_error", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, await details.StatusAsync("/health"));
        }

        settings["SSL_CERT_FILE"] = "/trusted.pem";
        await using (var details = await RunningImage.StartAsync(
            Image("details"), "details", settings, ("trusted.pem", certificate.ExportCertificatePem())))
        {
            Assert.Contains("\"publisher\":\"Over TLS\"", await details.TextAsync("/details/0"));
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private SavedImage Image(string program) => built.Images[program];

    [GeneratedRegex(@"^/usr/lib(32|64|x32)?/([^/]+/)?[^/]+\.so(\.[0-9]+)*$|^/lib(64)?/([^/]+/)?[^/]+\.so(\.[0-9]+)*$")]
    private static partial Regex Library();
}
