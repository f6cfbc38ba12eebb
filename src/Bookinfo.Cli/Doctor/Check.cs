using System.Text.Json.Serialization;
using Bookinfo.Foundation;

namespace Bookinfo.Cli.Doctor;

/// <summary>One thing that <c>bookinfo doctor</c> looks at.</summary>
internal interface ICheck
{
    /// <summary>What is looked at, in a few words.</summary>
    string Name { get; }

    /// <summary>Which command needs it.</summary>
    CheckPurpose Purpose { get; }

    /// <summary>
    /// The checks that this one depends on, because it uses what they found. It runs only if each of them was done and
    /// found no problem.
    /// </summary>
    IReadOnlyList<ICheck> Needs => [];

    /// <summary>Runs the check.</summary>
    /// <param name="cancellationToken">Canceled when its time is up.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="OperationFailedException">There is a problem, which the message describes.</exception>
    Task<CheckResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary>What a check is for: which command needs it.</summary>
internal enum CheckPurpose
{
    /// <summary><c>bookinfo up</c>.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary><c>bookinfo images build</c>.</summary>
    [JsonStringEnumMemberName("images build")]
    Images,

    /// <summary><c>bookinfo deploy</c>, <c>status</c> and <c>delete</c>.</summary>
    [JsonStringEnumMemberName("deploy")]
    Deploy,
}

/// <summary>How a check came out.</summary>
internal enum CheckState
{
    /// <summary>Everything is as required.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Something may not work because of it, or only an optional part.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something cannot work because of it.</summary>
    [JsonStringEnumMemberName("problem")]
    Problem,

    /// <summary>Nothing was checked, usually because a check that this one depends on found a problem.</summary>
    [JsonStringEnumMemberName("notChecked")]
    NotChecked,
}

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

    /// <summary>Something may not work.</summary>
    /// <param name="detail">What it is.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="commands">The command lines for that.</param>
    public static CheckResult Warning(string detail, string advice, params IReadOnlyList<string> commands) =>
        new(CheckState.Warning, detail, advice, commands);

    /// <summary>Something cannot work.</summary>
    /// <param name="detail">What is wrong.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="commands">The command lines for that.</param>
    public static CheckResult Problem(string detail, string advice, params IReadOnlyList<string> commands) =>
        new(CheckState.Problem, detail, advice, commands);

    /// <summary>Nothing was checked.</summary>
    /// <param name="detail">Why.</param>
    public static CheckResult NotChecked(string detail) => new(CheckState.NotChecked, detail, null, []);
}

/// <summary>A check that is done.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Purpose">Which command needs it.</param>
/// <param name="Result">What was found.</param>
internal sealed record Finding(string Name, CheckPurpose Purpose, CheckResult Result);
