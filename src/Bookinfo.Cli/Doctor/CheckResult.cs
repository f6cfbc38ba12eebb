namespace Bookinfo.Cli.Doctor;

/// <summary>What a check found.</summary>
/// <param name="State">How it came out.</param>
/// <param name="Detail">What there is, or what is wrong.</param>
/// <param name="Advice">What to do about it; <see langword="null"/> when nothing is to be done.</param>
/// <param name="Commands">The command lines of the advice, to be run as they are.</param>
internal sealed record CheckResult(CheckState State, string Detail, string? Advice, IReadOnlyList<string> Commands)
{
    /// <summary>All is well.</summary>
    /// <param name="detail">What there is.</param>
    public static CheckResult Ok(string detail) => new(CheckState.Ok, detail, null, []);

    /// <summary>Something may stand in the way.</summary>
    /// <param name="detail">What it is.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="commands">With which commands.</param>
    public static CheckResult Warning(string detail, string advice, params IReadOnlyList<string> commands) =>
        new(CheckState.Warning, detail, advice, commands);

    /// <summary>Something cannot work.</summary>
    /// <param name="detail">What is wrong.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="commands">With which commands.</param>
    public static CheckResult Problem(string detail, string advice, params IReadOnlyList<string> commands) =>
        new(CheckState.Problem, detail, advice, commands);

    /// <summary>It could not be found out.</summary>
    /// <param name="detail">Why.</param>
    public static CheckResult NotChecked(string detail) => new(CheckState.NotChecked, detail, null, []);
}
