using System.CommandLine;
using System.Globalization;
using Bookinfo.Cli.Commands;
using FsCheck.Xunit;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// What the options of <c>load</c> and <c>baseline</c> take for a number or a time: the same everywhere, and nothing else.
/// </summary>
public sealed class LoadOptionTests
{
    private static readonly Command Load = LoadCommand.Create();
    private static readonly Command Baseline = BaselineCommand.Create();

    public static TheoryData<string> NoNumbers { get; } =
        [
            "", " ", "NaN", "Infinity", "-Infinity", "1e400", "1e3", "1_000", "1,5", "1 ", " 1", "+1", "-1", "0x10", "\u0663", "\uff11",
            "1.2.3", ".", "99999999999999999999", "1\n", "--",
        ];

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public void What_is_no_number_is_refused(string text)
    {
        foreach (var (command, option) in new[]
        {
            (Load, "--rate"), (Load, "--connections"), (Load, "--seed"), (Load, "--duration"), (Load, "--timeout"),
            (Baseline, "--rates"), (Baseline, "--rounds"), (Baseline, "--connections"), (Baseline, "--seed"), (Baseline, "--step"),
            (Baseline, "--warm-up"), (Baseline, "--timeout"),
        })
        {
            // --rates has commas, and there may be spaces around them.
            var isAllowed = option == "--rates" && text.Trim(' ') is ("1" or "1,5");
            Assert.Equal((option, isAllowed), (option, command.Parse([$"{option}={text}"]).Errors.Count == 0));
        }
    }

    [Theory]
    [InlineData("--rate", "0.1", "1000000", "0.0999", "1000000.1")]
    [InlineData("--seed", "0", "9223372036854775807", "-0", "9223372036854775808")]
    [InlineData("--connections", "1", "4096", "0", "4097")]
    [InlineData("--duration", "100ms", "24h", "99ms", "24h1ns")]
    [InlineData("--timeout", "1ms", "60s", "0.9ms", "60.1s")]
    public void The_bounds_that_a_message_names_are_allowed_and_what_is_beyond_is_not(
        string option, string least, string most, string less, string more)
    {
        Assert.Empty(Load.Parse([$"{option}={least}"]).Errors);
        Assert.Empty(Load.Parse([$"{option}={most}"]).Errors);
        Assert.Single(Load.Parse([$"{option}={less}"]).Errors.Select(error => error.Message).Distinct());
        Assert.Single(Load.Parse([$"{option}={more}"]).Errors.Select(error => error.Message).Distinct());
    }

    [Theory]
    [InlineData("7999ms", false)]
    [InlineData("8s", true)]
    public void A_search_has_time_for_the_trials_of_one_rate(string duration, bool isAllowed)
    {
        Assert.Equal(isAllowed, Load.Parse(["--until-saturated", "--duration", duration]).Errors.Count == 0);
        Assert.Empty(Load.Parse(["--until-saturated", "--duration", "2s", "--rate", "200"]).Errors);
        Assert.Empty(Load.Parse(["--duration", duration]).Errors);
    }

    /// <summary>The ledger has two bytes for which of them a request was for.</summary>
    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public void There_are_no_more_paths_than_records_tell_apart(int count, bool isAllowed)
    {
        Assert.Equal(isAllowed, Load.Parse([.. Enumerable.Repeat("--path=/", count)]).Errors.Count == 0);
    }

    [Property(MaxTest = 500)]
    public void Whatever_is_typed_is_refused_or_read_and_never_a_failure(int seed)
    {
        var random = new Random(seed);
        string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(6) switch
        {
            0 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
            1 => ".",
            2 => new[] { "s", "ms", "us", "\u00b5s", "\u03bcs", "h", "m", "ns", "d" }[random.Next(9)],
            3 => new[] { "-", "+", "e", "E9", "_", ",", " ", "\n", "\u0663", "NaN", "\u221e" }[random.Next(11)],
            4 => ((char)random.Next(32, 0xD7FF)).ToString(),
            _ => "0",
        }));
        foreach (var option in new[]
        {
            "--rate", "--duration", "--timeout", "--seed", "--connections", "--slo", "--steps", "--from", "--peak", "--path", "--header",
            "--profile", "--until-saturated", "--output", "--insecure", "--in-cluster", "--workers", "--namespace",
        })
        {
            var errors = Load.Parse([$"{option}={Text()}"]).Errors;
            Assert.All(errors, error => Assert.NotEmpty(error.Message));
        }

        foreach (var option in new[]
        {
            "--rates", "--rounds", "--step", "--warm-up", "--workers", "--name", "--in-cluster", "--quick", "--output",
        })
        {
            var errors = Baseline.Parse([$"{option}={Text()}"]).Errors;
            Assert.All(errors, error => Assert.NotEmpty(error.Message));
        }
    }
}
