namespace Bookinfo.Kubernetes;

/// <summary>How far a Deployment is. All times are since <c>deploy</c> began to apply, as seen from here.</summary>
/// <param name="Deployment">Its name.</param>
/// <param name="Wanted">How many pods it shall have.</param>
public sealed record RolloutStatus(string Deployment, int Wanted)
{
    /// <summary>How many pods are up to date and ready.</summary>
    public int Ready { get; init; }

    /// <summary>The nodes of its pods.</summary>
    public string Nodes { get; init; } = "";

    /// <summary>When all pods had a node.</summary>
    public TimeSpan? Scheduled { get; init; }

    /// <summary>How the slowest node came by the image.</summary>
    public ImagePull? Image { get; init; }

    /// <summary>When the containers of all pods ran.</summary>
    public TimeSpan? Started { get; init; }

    /// <summary>When all was up to date and ready.</summary>
    public TimeSpan? ReadyAfter { get; init; }

    /// <summary>Whether it was so before and nothing had to be done.</summary>
    public bool IsUnchanged { get; init; }

    /// <summary>What is wrong at the moment; <see langword="null"/> when nothing is.</summary>
    public PodProblem? Problem { get; init; }

    /// <summary>Whether it is done.</summary>
    public bool IsReady => ReadyAfter is not null || IsUnchanged;
}
