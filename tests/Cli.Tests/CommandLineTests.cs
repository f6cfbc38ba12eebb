using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>What the tool says of itself and of a wrong command line.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("up", "--help")]
    [InlineData("load", "--help")]
    [InlineData("compare", "--help")]
    [InlineData("images", "--help")]
    [InlineData("images", "build", "--help")]
    [InlineData("deploy", "--help")]
    [InlineData("status", "--help")]
    [InlineData("delete", "--help")]
    [InlineData("doctor", "--help")]
    public async Task Help_fits_in_80_columns(params string[] arguments)
    {
        await using var run = CommandRun.Bookinfo([.. arguments, .. NoBuild(arguments)]);

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Empty(run.Messages);
        Assert.Contains("Usage:", run.Output);
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task Help_of_up_names_every_option()
    {
        await using var run = CommandRun.Bookinfo("up", "--help", "--no-build");

        await run.ExitAsync();
        foreach (var option in new[]
        {
            "--native", "--port", "--backend-port", "--reviews", "--env", "--prometheus", "--prometheus-port", "--dashboard",
            "--dashboard-port", "--no-build", "--output",
        })
        {
            Assert.Contains($"  {option}", run.Output);
        }
    }

    [Fact]
    public async Task Help_of_images_build_names_every_option()
    {
        await using var run = CommandRun.Bookinfo("images", "build", "--help", "--no-build");

        await run.ExitAsync();
        foreach (var option in new[] { "--registry", "--tag", "--base", "--save", "--push", "--builder", "--no-build", "--output" })
        {
            Assert.Contains($"  {option}", run.Output);
        }
    }

    /// <summary>Another option of each line is wrong, so that nothing is done.</summary>
    [Theory]
    [InlineData("images", "build", "--base", "ubuntu")]
    [InlineData("deploy", "--overlay", "/nowhere")]
    [InlineData("doctor", "--namespace", "Shop")]
    public async Task Every_command_has_the_same_grammar_of_image_names(params string[] command)
    {
        async Task<string> MessagesAsync(string registry, string tag)
        {
            await using var run = CommandRun.Bookinfo([.. command, "--registry", registry, "--tag", tag]);
            Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
            return run.Messages;
        }

        var taken = await MessagesAsync("GHCR.io/me", "V_1.0-rc");
        Assert.All(["--registry '", "--tag '"], option => Assert.DoesNotContain(option, taken));
        var refused = await MessagesAsync("me/bookinfo", "a b");
        Assert.Contains("--registry 'me/bookinfo' is not allowed: it must be a registry's host and a path of lower-case names, "
            + "such as ghcr.io/me/bookinfo", refused);
        Assert.Contains("--tag 'a b' is not allowed: it must be 1 to 128 letters, digits, '_', '.' and '-'", refused);
    }

    [Theory]
    [InlineData(
        "--registry 'ghcr.io/Me' is not allowed: it must be a registry's host and a path of lower-case names, such as ghcr.io/me/bookinfo",
        "--registry", "ghcr.io/Me")]
    [InlineData("--tag '-1' is not allowed: it must be 1 to 128 letters, digits", "--tag", "-1")]
    [InlineData("--base 'ubuntu' is not allowed: it must be debian, or an image's full name", "--base", "ubuntu")]
    [InlineData("--builder 'kaniko' is not allowed: it must be buildah, podman or docker.", "--builder", "kaniko")]
    [InlineData("--builder '1' is not allowed", "--builder", "1")]
    [InlineData("--save '' is not allowed: it must be a directory.", "--save", "")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    [InlineData("--push needs --registry: a registry that you may push to.", "--push")]
    public async Task A_wrong_command_line_of_images_build_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = CommandRun.Bookinfo(["images", "build", "--no-build", .. arguments]);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains(message, run.Messages.Split('\n')[0]);
        Assert.Equal("Try 'bookinfo images build --help'.", run.Messages.Split('\n')[^2]);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--nativ is not an option of 'bookinfo up'. Did you mean --native?", "--nativ")]
    [InlineData("--port 'x' is not allowed: it must be a number from 1 to 65535.", "--port", "x")]
    [InlineData("--port '0' is not allowed", "--port", "0")]
    [InlineData("--backend-port '65532' is not allowed: it must be a number from 1 to 655", "--backend-port", "65532")]
    [InlineData("--port 9083 is one of the backends' ports, 9081 to ", "--port", "9083")]
    [InlineData("--prometheus-port '0' is not allowed: it must be a number from 1 to 65535.", "--prometheus", "--prometheus-port", "0")]
    [InlineData("--prometheus-port has no effect without --prometheus.", "--prometheus-port", "9191")]
    [InlineData("--prometheus-port 9083 is a port of the services, 30080 or 9081 to ", "--prometheus", "--prometheus-port", "9083")]
    [InlineData("--prometheus-port 30080 is a port of the services", "--prometheus", "--prometheus-port", "30080")]
    [InlineData("--dashboard-port has no effect without --dashboard.", "--dashboard-port", "18889")]
    [InlineData("--dashboard-port 9083 is a port of the services, 30080 or 9081 to ", "--dashboard", "--dashboard-port", "9083")]
    [InlineData(
        "--dashboard-port 9090 is that of Prometheus as well", "--dashboard", "--dashboard-port", "9090", "--prometheus")]
    [InlineData("--reviews 'v1,v4' is not allowed: it must be one or more of v1, v2, v3, separated by commas.", "--reviews", "v1,v4")]
    [InlineData("--reviews '' is not allowed", "--reviews", "")]
    [InlineData("--env 'A' is not allowed: it must be [service:]NAME=VALUE", "--env", "A")]
    [InlineData("--env 'A-B=...' is not allowed: it must be [service:]NAME=VALUE", "--env", "A-B=hush")]
    [InlineData("--env 'shop' in 'shop:A=...' is not a service: it must be one of details, ", "--env", "shop:A=b")]
    [InlineData("--env 'ratings:FAULT=...' is not a setting of any service. Did you mean FAULTS?", "--env", "ratings:FAULT=[]")]
    [InlineData("--env ASPNETCORE_URLS is set by 'up' itself", "--env", "ASPNETCORE_URLS=http://*:1")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = CommandRun.Bookinfo(["up", "--no-build", .. arguments]);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: ", run.Messages);
        Assert.Contains(message, run.Messages.Split('\n')[0]);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--no-build is not an option of 'bookinfo load'.", "load", "--no-build")]
    [InlineData("--rat is not an option of 'bookinfo load'. Did you mean --rate?", "load", "http://localhost:1", "--rat", "5")]
    [InlineData("--workrs is not an option of 'bookinfo baseline'. Did you mean --workers?", "baseline", "--workrs=2", "--in-cluster")]
    [InlineData(
        "--fail-one is not an option of 'bookinfo compare'. Did you mean --fail-on?", "compare", "a", "b", "--fail-one", "p99:+20%")]
    [InlineData("--contxt is not an option of 'bookinfo status'. Did you mean --context?", "status", "-nshop", "--contxt", "x")]
    [InlineData("-x is not an option of 'bookinfo delete'.", "delete", "-x")]
    [InlineData(
        "--port is not an option of 'bookinfo load'. The address stands without an option, such as 'bookinfo load localhost:30080'.",
        "load", "--port", "31080")]
    [InlineData("--url is not an option of 'bookinfo baseline'. The address stands without an option", "baseline", "--url=http://x")]
    [InlineData("'laod' is not a command of 'bookinfo'. Did you mean load?", "laod")]
    [InlineData("'biuld' is not a command of 'bookinfo images'. Did you mean build?", "images", "biuld")]
    [InlineData("'bookinfo up' takes no argument 'details'.", "up", "details")]
    [InlineData("'[suggest:-1]' is not allowed: it must have a position", "[suggest:-1]", "bookinfo lo")]
    [InlineData("'[suggest:99999999999]' is not allowed: it must have a position", "[suggest:99999999999]", "bookinfo lo")]
    [InlineData("'[suggest:x]' is not allowed: it must have a position", "[suggest:x]", "bookinfo lo")]
    [InlineData("'[suggest:4x]' is not allowed: it must have a position", "[suggest:4x]", "bookinfo lo")]
    [InlineData("'[foo]' is not a command of 'bookinfo'.", "[foo]", "load")]
    [InlineData("'[]' is not a command of 'bookinfo'.", "[]")]
    // A terminal must not obey what a script has passed on.
    [InlineData("'a?b' is not a command of 'bookinfo'.", "a\u0007\u001b[2Jb")]
    // Not taken for a file with further arguments.
    [InlineData("url '@x' is not allowed", "load", "@x")]
    public async Task What_is_not_known_is_called_so_with_the_nearest_that_is(string message, params string[] arguments)
    {
        await using var run = CommandRun.Bookinfo([.. arguments, .. NoBuild(arguments)]);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
        Assert.StartsWith("Try 'bookinfo ", run.Messages.Split('\n')[^2]);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("load", "http://127.0.0.1:1", "--header", "-X: y")]
    [InlineData("load", "http://127.0.0.1:1", "--header=-X: y")]
    public async Task A_value_that_begins_like_an_option_is_a_value(params string[] arguments)
    {
        await using var run = CommandRun.Bookinfo(arguments);

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
    }

    // The root command has no such option; it is the launcher that must not build here, and it looks at all arguments.
    private static string[] NoBuild(string[] arguments) => arguments is ["up", ..] or ["images", "build", ..] ? ["--no-build"] : [];
}
