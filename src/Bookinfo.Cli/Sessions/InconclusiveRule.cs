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

/// <summary>The exit code that follows from conditions.</summary>
internal static class ConditionExit
{
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
