namespace Bookinfo.Verification;

/// <summary>One thing that the wire contract says of a process, and how to find out whether it is so from outside.</summary>
/// <param name="Area">The line of the report that it belongs to.</param>
/// <param name="Process">The process that is asked, such as <c>reviews-v2</c>.</param>
/// <param name="Name">What it must do, to follow its name.</param>
/// <param name="RunAsync">Finds out; throws <see cref="ContractBrokenException"/> when it is not so.</param>
public sealed record AppCheck(AppArea Area, string Process, string Name, Func<AppProbe, Task> RunAsync)
{
    /// <summary>Whether the services of this project promise more there than the originals do.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The whole of it in words, which no other check has.</summary>
    public override string ToString() => $"{Process} {Name}";
}
