using System.CommandLine;
using System.CommandLine.Parsing;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Commands;

/// <summary>The options about conditions that the commands that check some have in common. Each command makes its own.</summary>
/// <param name="description">What <c>--fail-on</c> takes.</param>
/// <param name="grammar">What a condition must be, as the rest of a sentence that begins with 'it'.</param>
/// <param name="parse">Parses a condition; <see langword="null"/> for what is not one.</param>
/// <param name="inconclusive">What <c>--inconclusive</c> does to one that cannot be decided.</param>
internal sealed class ConditionOptions<T>(
    string description, string grammar, Func<string, T?> parse,
    string inconclusive = "Exit with 0 (pass) or 14 (fail) if a condition of --fail-on cannot be decided. [default: exit with 15]")
    where T : class
{
    /// <summary><c>--fail-on</c>.</summary>
    public Option<string[]> FailOn { get; } = new("--fail-on")
    {
        HelpName = "condition",
        Description = description,
        AllowMultipleArgumentsPerToken = false,
        Validators =
        {
            result =>
            {
                foreach (var token in result.Tokens.Where(token => parse(token.Value) is null))
                {
                    result.AddError($"--fail-on '{token.Value}' is not allowed: it {grammar}.");
                }
            },
        },
    };

    /// <summary><c>--inconclusive</c>.</summary>
    public Option<InconclusiveRule?> Inconclusive { get; } = TypedOptions.OptionalName<InconclusiveRule>(
        "--inconclusive", "pass|fail", inconclusive, "pass or fail");

    /// <summary>Rejects what would be ignored.</summary>
    /// <param name="result">What was typed.</param>
    public void RequireUseful(CommandResult result) => OptionRules.Only(
        // Where its value cannot be read, the parser says so.
        result, Inconclusive, result.GetValue(Inconclusive) is null || OptionRules.IsGiven(result, FailOn), FailOn.Name);

    /// <summary>The value of <see cref="FailOn"/>.</summary>
    public IReadOnlyList<T> Get(ParseResult result) =>
        [.. (result.GetValue(FailOn) ?? []).Select(text => parse(text) ?? throw new FormatException(text))];
}
