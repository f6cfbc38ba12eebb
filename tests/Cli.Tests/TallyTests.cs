using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>test.sh</c> counts (<c>tests/tally.sh</c>): what has not been seen to pass has failed.</summary>
public sealed class TallyTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-tally");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>A summary for people is written in colors there, in which a search for figures once found none.</summary>
    [Theory]
    [InlineData("CI")]
    [InlineData("GITHUB_ACTIONS")]
    [InlineData("TF_BUILD")]
    public async Task A_real_test_program_is_counted_wherever_it_runs(string variable)
    {
        var program = Environment.ProcessPath!;

        await using var run = Tally(
            $"run Some '{program}' --filter-class '*.{nameof(CountedByTally)}'\ntally", new() { [variable] = "true" });

        Assert.Equal(0, await run.ExitAsync());
        Assert.EndsWith("\n\n2 passed, 0 failed, 0 skipped\n", run.Output);
    }

    [Theory]
    [InlineData("report 5 5 0; exit 0", 0, "5 passed, 0 failed, 0 skipped")]
    [InlineData("report 5 3 2; exit 2", 1, "3 passed, 2 failed, 0 skipped")]
    [InlineData("report 5 4 0; exit 0", 0, "4 passed, 0 failed, 1 skipped")]
    // All passed, but then it broke down, or left something behind.
    [InlineData("report 5 5 0; exit 11", 1, "5 passed, 1 failed, 0 skipped")]
    [InlineData("report 0 0 0; exit 0", 1, "0 passed, 1 failed, 0 skipped")]
    // It has reported nothing, or nothing that is understood.
    [InlineData("exit 0", 1, "0 passed, 1 failed, 0 skipped")]
    [InlineData("kill -KILL $$", 1, "0 passed, 1 failed, 0 skipped")]
    [InlineData("echo nonsense >\"$2/results.trx\"", 1, "0 passed, 1 failed, 0 skipped")]
    [InlineData("mkdir \"$2/results.trx\"", 1, "0 passed, 1 failed, 0 skipped")]
    // What it says to people is not looked at.
    [InlineData("echo '  total: 9'; echo '  succeeded: 9'; exit 0", 1, "0 passed, 1 failed, 0 skipped")]
    public async Task A_program_that_does_not_report_that_all_its_tests_passed_has_failed(string program, int exitCode, string counts)
    {
        await using var run = Tally($"run Some {Program("tests", program)}\ntally");

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.EndsWith($"\n\n{counts}\n", run.Output);
    }

    [Fact]
    public async Task Programs_are_added_up_and_one_that_breaks_down_does_not_keep_the_next_from_running()
    {
        var tally = $"run One {Program("one", "report 5 4 1; exit 2")}\nrun Two {_directory}/missing\nrun Three "
            + $"{Program("three", "report 7 6 0; exit 0")}\ntally";

        await using var run = Tally(tally);

        Assert.Equal(1, await run.ExitAsync());
        Assert.EndsWith("\n\n10 passed, 2 failed, 1 skipped\n", run.Output);
        Assert.Contains("Two: ended with exit code 127, after 0 tests of which none failed. This counts as one failure.\n", run.Output);
    }

    [Fact]
    public async Task The_end_of_a_run_names_what_failed_and_why()
    {
        const string Failing =
            """
            cat >"$out/results.trx" <<'END'
            <UnitTestResult testName="Shop.Opens(hour: &quot;&lt;9&quot;)" outcome="Failed"><Output><ErrorInfo><Message>Expected: 1&#xD;
            Actual:   a &amp; b</Message><StackTrace>at Shop</StackTrace></ErrorInfo></Output></UnitTestResult><UnitTestResult
             testName="Shop.Closes" outcome="Passed" /><UnitTestResult testName="Shop.Sells" outcome="Failed" /><ResultSummary>
            <Counters total="3" executed="3" passed="1" failed="2" error="0" />
            END
            exit 2
            """;
        var lane = $"run Shop {Program("shop", Failing)}\ncount_into {_directory}/lane\nfailures=() passed=0 failed=0 skipped=0";

        await using var run = Tally($"{lane}\nadd {_directory}/lane 'The lane'\nrun Two {_directory}/missing\ntally");

        Assert.Equal(1, await run.ExitAsync());
        Assert.EndsWith(
            """

            == Failed
            Shop: Shop.Opens(hour: "<9")
                Expected: 1
                Actual:   a & b
            Shop: Shop.Sells
            Two: ended with exit code 127, after 0 tests of which none failed. This counts as one failure.

            1 passed, 3 failed, 0 skipped

            """, run.Output);
    }

    [Fact]
    public async Task Lanes_are_added_up_and_one_that_broke_down_has_failed()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "first"), "3 1 2\n", TestContext.Current.CancellationToken);

        await using var run = Tally($"add {_directory}/first 'The first lane'\nadd {_directory}/second 'The second lane'\ntally");

        Assert.Equal(1, await run.ExitAsync());
        Assert.Contains("The second lane: broke down. This counts as one failure.\n", run.Output);
        Assert.EndsWith("\n\n3 passed, 2 failed, 2 skipped\n", run.Output);
    }

    [Fact]
    public async Task A_run_of_nothing_has_failed()
    {
        await using var run = Tally("tally");

        Assert.Equal(1, await run.ExitAsync());
    }

    private static CommandRun Tally(string script, Dictionary<string, string>? environment = null) =>
        CommandRun.Start(
            "bash", ["-c", $"set -euo pipefail\nguarded() {{ \"$@\"; }}\nsource "
                + $"'{WorkingCopy.Root}/tests/tally.sh'\n{script}"], environment: environment);

    /// <summary>A script in place of a test program; it is started with <c>--results-directory DIRECTORY</c>.</summary>
    private string Program(string name, string script)
    {
        const string Report =
            """
            report() {
                printf '<ResultSummary><Counters total="%d" executed="%d" passed="%d" failed="%d" error="0" />' \
                    "$1" "$1" "$2" "$3" >"$out/results.trx"
            }
            """;
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, $"#!/bin/bash\nout=$2\n{Report}\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}

/// <summary>Two tests for <see cref="TallyTests"/> to count.</summary>
public sealed class CountedByTally
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Passes(int number) => Assert.True(number > 0);
}
