using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What a condition that cannot be decided counts as.</summary>
internal enum InconclusiveRule
{
    /// <summary>The same as for a condition that holds.</summary>
    Pass,

    /// <summary>The same as for a condition that is violated.</summary>
    Fail,
}

/// <summary>What a command that checks conditions says of them at its end, and the exit code that follows.</summary>
internal static class ConditionExit
{
    /// <summary>Says on stderr which conditions do not hold, and which files could not be written.</summary>
    /// <param name="conditions">The conditions, with a sentence for each.</param>
    /// <param name="failures">Why files could not be written; <see langword="null"/> for one that was.</param>
    /// <param name="rule">
    /// What a condition that cannot be decided counts as; <see langword="null"/> for an exit code of its own.
    /// </param>
    /// <returns>The exit code.</returns>
    public static async Task<int> TellAsync(
        IReadOnlyList<(ConditionOutcome Outcome, string Text)> conditions, IReadOnlyList<string?> failures, InconclusiveRule? rule)
    {
        var failed = failures.OfType<string>().ToList();
        foreach (var text in conditions.Where(condition => condition.Outcome != ConditionOutcome.Holds)
            .Select(condition => condition.Text).Concat(failed))
        {
            await ToolOutput.Messages.WriteLineAsync($"bookinfo: {text}");
        }

        return CodeOf([.. conditions.Select(condition => condition.Outcome)], rule, failed.Count > 0);
    }

    /// <summary>The exit code of a command that checks conditions.</summary>
    /// <param name="outcomes">Whether the conditions hold.</param>
    /// <param name="rule">
    /// What a condition that cannot be decided counts as; <see langword="null"/> for an exit code of its own.
    /// </param>
    /// <param name="failed">Whether a file could not be written: more important than a condition that cannot be decided.</param>
    public static int CodeOf(IReadOnlyCollection<ConditionOutcome> outcomes, InconclusiveRule? rule, bool failed) =>
        outcomes.Contains(ConditionOutcome.Violated) ? ExitCode.Regression
        : failed ? ExitCode.Failure
        : !outcomes.Contains(ConditionOutcome.Inconclusive) || rule == InconclusiveRule.Pass ? ExitCode.Success
        : rule == InconclusiveRule.Fail ? ExitCode.Regression
        : ExitCode.Inconclusive;
}
