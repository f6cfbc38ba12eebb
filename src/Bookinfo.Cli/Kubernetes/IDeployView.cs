namespace Bookinfo.Cli.Kubernetes;

/// <summary>Shows on stdout how a deployment goes on. Its disposal gives the terminal back.</summary>
internal interface IDeployView : IAsyncDisposable
{
    /// <summary>The objects are applied.</summary>
    /// <param name="applied">What was done.</param>
    void Applied(ApplySummary applied);

    /// <summary>Something has changed about a Deployment.</summary>
    /// <param name="rollouts">All of them.</param>
    /// <param name="changed">Those that have changed.</param>
    void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed);
}
