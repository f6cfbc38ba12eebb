namespace Bookinfo.Cli.Doctor;

/// <summary>One thing that <c>bookinfo doctor</c> looks at.</summary>
internal interface ICheck
{
    /// <summary>What is looked at, in a few words.</summary>
    string Name { get; }

    /// <summary>Which command needs it.</summary>
    CheckPurpose Purpose { get; }

    /// <summary>The checks that must have found neither a problem nor nothing at all before this one is run; it uses what they have found.</summary>
    IReadOnlyList<ICheck> Needs => [];

    /// <summary>Looks.</summary>
    /// <param name="cancellationToken">Cancelled when its time is up.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="CommandFailedException">It is a problem, and the message says which.</exception>
    Task<CheckResult> RunAsync(CancellationToken cancellationToken);
}
