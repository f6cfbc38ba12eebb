using System.Globalization;
using System.Net;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// The program of an image, run as a container runtime runs it, as far as that can be had without one: with the image as its root, which is
/// mounted so that nobody can write to it, as the image's user when this is root, and with no environment but the image's and what the test
/// sets.
/// </summary>
internal sealed class RunningImage : IAsyncDisposable
{
    private const string Enter =
        """
        set -e
        root=$1
        shift
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount --rbind /dev "$root/dev"
        mount --rbind /proc "$root/proc"
        ulimit -n 1024
        exec env -i "$@"
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("bookinfo-root-");
    private readonly HttpClient _client = new();
    private CommandRun? _run;

    public string Log => _run!.Output + _run.Messages;

    public static async Task<RunningImage> StartAsync(
        SavedImage image, string program, Dictionary<string, string> settings, params (string Name, string Content)[] files)
    {
        var running = new RunningImage();
        var root = running._root.FullName;
        // As the runtime does, whatever the mask of the one who runs the tests.
        File.SetUnixFileMode(root, (UnixFileMode)Convert.ToInt32("755", 8));
        image.Unpack(root);
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        Directory.CreateDirectory(Path.Combine(root, "proc"));
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(root, name), content, TestContext.Current.CancellationToken);
        }

        var port = FreePort.Find();
        running._client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        var user = ((string)image.Config["config"]!["User"]!);
        var environment = image.Config["config"]!["Env"]!.AsArray().Select(variable => ((string)variable!).Split('=', 2)).ToDictionary(
            parts => parts[0], parts => parts[1]);
        foreach (var (name, value) in settings.Append(new("ASPNETCORE_HTTP_PORTS", port.ToString(CultureInfo.InvariantCulture)))
            .Append(new("DRAIN_SECONDS", "0")))
        {
            environment[name] = value;
        }

        string[] chroot = Environment.IsPrivilegedProcess ? ["chroot", $"--userspec={user}", root] : ["chroot", root];
        string[] own = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];
        running._run = CommandRun.Start(
            "unshare", [.. own, "/bin/sh", "-c", Enter, "sh", root, .. environment.Select(variable =>
                $"{variable.Key}={variable.Value}"), .. chroot, (string)image.Config["config"]!["Entrypoint"]![0]!]);
        try
        {
            await Eventually.HoldsAsync(async () =>
            {
                Assert.True(running._run.Alive.Count > 0, $"{program} has ended:\n{running.Log}");
                return await running.IsHealthyAsync() ? "" : $"{program} does not answer:\n{running.Log}";
            });
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public Task<string> TextAsync(string path) =>
        _client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }

        _client.Dispose();
        _root.Delete(recursive: true);
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            return await StatusAsync("/health/ready") == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
