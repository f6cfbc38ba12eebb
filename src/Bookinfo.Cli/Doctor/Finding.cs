namespace Bookinfo.Cli.Doctor;

/// <summary>A check that is done.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Purpose">Which command needs it.</param>
/// <param name="Result">What was found.</param>
internal sealed record Finding(string Name, CheckPurpose Purpose, CheckResult Result);
