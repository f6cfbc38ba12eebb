using System.Diagnostics;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Services as processes that their settings keep from starting: what they say, and the code that they end with.</summary>
public sealed class ServiceStartTests : ServiceProcessRuns
{
    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_bad_setting_ends_the_process_with_one_line_and_code_2(string project)
    {
        using var process = Start(project, ("ASPNETCORE_HTTP_PORTS", "0"), ("DRAIN_SECONDS", "soon"));
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((2, ""), (code, output));
        Assert.Matches(@"^[a-z]+ cannot start: DRAIN_SECONDS='soon' is not allowed: it must be a whole number from 0 to 300\.\n$", errors);
    }

    /// <summary>The line is lost then, and the code must not be.</summary>
    [Theory]
    [InlineData("2>/dev/full", 2, "DRAIN_SECONDS=soon")]
    [InlineData("2>&-", 2, "DRAIN_SECONDS=soon")]
    [InlineData("2>/dev/full", 3, "ASPNETCORE_URLS=http://192.0.2.1:7731")]
    [InlineData("<&- >&- 2>&-", 3, "ASPNETCORE_URLS=http://192.0.2.1:7731")]
    public async Task A_stderr_that_takes_nothing_changes_no_code(string redirection, int exitCode, string setting)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"exec env \"$@\" {redirection}", "sh", setting, "dotnet", WorkingCopy.Assembly("Bookinfo.Details")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Assert.Equal((exitCode, "", ""), await EndAsync(process));
    }

    /// <summary>
    /// What the service itself checks, what its libraries would have thrown, and what only the socket knows; the rest runs in this process
    /// (<see cref="RandomSettingsTests"/>).
    /// </summary>
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization: Bearer hush", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "abc", 2)]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent", 2)]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", 2)]
    [InlineData("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "often", 2)]
    [InlineData("FAULTS", "[{\"\\u001b]0;gotcha\\u0007\":{}}]", 2)]
    [InlineData("ASPNETCORE_URLS", "http://*:7731/base", 2)]
    [InlineData("ASPNETCORE_URLS", "http://localhost:0", 2)]
    [InlineData("ASPNETCORE_URLS", "http://192.0.2.1:7731", 3)]
    [InlineData("ASPNETCORE_URLS", "http://unix:/proc/no-such/socket", 3)]
    public async Task What_is_wrong_is_one_line_that_names_the_variable(string variable, string value, int exitCode)
    {
        using var process = Start(
            "Bookinfo.Details",
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("ASPNETCORE_HTTP_PORTS", "0"),
            ("DRAIN_SECONDS", "0"),
            (variable, value));
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((exitCode, ""), (code, output));
        Assert.Matches($@"^details cannot start: .*{variable}.*\n$", errors);
        Assert.DoesNotContain("hush", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(errors[..^1], char.IsControl);
    }

    [Fact]
    public async Task A_variable_whose_name_differs_by_case_is_one_of_somebody_else()
    {
        using var process = Start(
            "Bookinfo.Details",
            ("log_format", "combined"),
            ("access_log", "/var/log/access.log"),
            ("Drain_Seconds", "soon"),
            ("otel_exporter_otlp_timeout", "long"),
            ("OTEL_exporter_otlp_timeout", "long"),
            ("OTEL_foo", "1"),
            ("OTEL_FOO", "2"),
            ("ASPNETCORE_URLS", "http://192.0.2.1:7731"));
        Assert.Equal(3, (await EndAsync(process)).Code);
    }

    [Theory]
    [InlineData("bogus", " is not allowed: it must be of the form --NAME=value. It is not shown, as it may be a secret.")]
    [InlineData("--help", "='--help' is not allowed: it must be of the form --NAME=value.")]
    public async Task An_argument_that_is_no_setting_is_one_line_as_well(string argument, string line)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [WorkingCopy.Assembly("Bookinfo.Details"), "--DRAIN_SECONDS=0", argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (code, output, errors) = await EndAsync(process);
        Assert.Equal((2, "", $"details cannot start: argument 2{line}\n"), (code, output, errors));
    }
}
