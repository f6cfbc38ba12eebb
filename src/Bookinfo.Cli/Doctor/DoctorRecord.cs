using System.Text.Json.Serialization;

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

/// <summary>A check in <c>doctor --output json</c>.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="For">The command that needs it.</param>
/// <param name="State">How it came out.</param>
/// <param name="Detail">What there is, or what is wrong.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Commands">With which command lines.</param>
internal sealed record CheckRecord(
    string Check, CheckPurpose For, CheckState State, string Detail, string? Advice, IReadOnlyList<string>? Commands)
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

/// <summary>How the object of <c>doctor --output json</c> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorRecord))]
internal sealed partial class DoctorJson : JsonSerializerContext;
