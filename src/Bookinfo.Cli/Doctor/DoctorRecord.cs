namespace Bookinfo.Cli.Doctor;

/// <summary>The object of <c>doctor --output json</c>.</summary>
/// <param name="Problems">How many checks found a problem.</param>
/// <param name="Warnings">How many have a warning.</param>
/// <param name="Checks">All of them, in the order of the table.</param>
internal sealed record DoctorRecord(int Problems, int Warnings, IReadOnlyList<CheckRecord> Checks)
{
    /// <summary>Makes it of findings.</summary>
    /// <param name="findings">The findings.</param>
    public static DoctorRecord From(IReadOnlyList<Finding> findings) => new(
        findings.Count(finding => finding.Result.State == CheckState.Problem),
        findings.Count(finding => finding.Result.State == CheckState.Warning),
        [.. findings.Select(CheckRecord.From)]);
}
