namespace Bookinfo.Measurement;

/// <summary>What decides which version of reviews a request gets, and can be told to decide otherwise.</summary>
public interface IVersionSplit : IAsyncDisposable
{
    /// <summary>What it is, for people, such as <c>the weights of HTTPRoute reviews</c>.</summary>
    string Description { get; }

    /// <summary>Finds where the page is, whether it is well or not.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The address, with the path; it is good for as long as this is not disposed.</returns>
    Task<Uri> FindPageAsync(CancellationToken cancellationToken);

    /// <summary>Reads how requests are divided now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<SplitState> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Divides requests otherwise, and waits until that is in force.</summary>
    /// <param name="shares">What part each version is to get.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How they are divided then.</returns>
    Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken);

    /// <summary>Goes back to how requests were divided before.</summary>
    /// <param name="state">What <see cref="ReadAsync"/> has told of this split; <see langword="null"/> for before the first change.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How they are divided then; <see langword="null"/> when nothing had been changed.</returns>
    Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken);
}

/// <summary>How requests to reviews are divided.</summary>
/// <param name="Shares">In whole percent.</param>
/// <param name="Detail">
/// How that comes about, such as the replicas of each version; <see langword="null"/> when there is no more to say.
/// </param>
/// <param name="Raw">What it takes to come back to this.</param>
public sealed record SplitState(VersionShares Shares, string? Detail, string Raw);
