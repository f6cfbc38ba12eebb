namespace Bookinfo.Cli.Doctor;

/// <summary>A check in <c>doctor --output json</c>.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="For">The command that needs it.</param>
/// <param name="State">How it came out.</param>
/// <param name="Detail">What there is, or what is wrong.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Commands">With which command lines.</param>
internal sealed record CheckRecord(string Check, CheckPurpose For, CheckState State, string Detail, string? Advice, IReadOnlyList<string>? Commands)
{
    /// <summary>Makes it of a finding.</summary>
    /// <param name="finding">The finding.</param>
    public static CheckRecord From(Finding finding) => new(
        finding.Name,
        finding.Purpose,
        finding.Result.State,
        finding.Result.Detail,
        finding.Result.Advice,
        finding.Result.Commands.Count == 0 ? null : finding.Result.Commands);
}
