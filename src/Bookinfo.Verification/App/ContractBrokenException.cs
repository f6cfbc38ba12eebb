namespace Bookinfo.Verification;

/// <summary>An application does not do what the contract says.</summary>
/// <param name="message">What it does instead, in a sentence.</param>
public sealed class ContractBrokenException(string message) : Exception(message)
{
    /// <summary>Whether it did not answer at all.</summary>
    public bool IsUnanswered { get; init; }

    /// <summary>Whether something else is wrong, which another check finds, so that this one cannot tell.</summary>
    public bool IsOpen { get; init; }
}
