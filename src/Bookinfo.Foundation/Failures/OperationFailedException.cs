namespace Bookinfo.Foundation;

/// <summary>
/// An operation cannot go on for a reason that the user can act on. The message is written for the user and is shown as it is, without a
/// stack trace.
/// </summary>
/// <param name="kind">What kind of failure it is.</param>
/// <param name="message">One line that says what is wrong and what to do.</param>
public sealed class OperationFailedException(FailureKind kind, string message) : Exception(message)
{
    /// <summary>What kind of failure it is.</summary>
    public FailureKind Kind { get; } = kind;
}

/// <summary>The kinds of failures that callers tell apart. The command line tool turns each into an exit code.</summary>
public enum FailureKind
{
    /// <summary>A failure of no other kind, such as a file that could not be written.</summary>
    Failed,

    /// <summary>What was asked for is not allowed, or contradicts itself.</summary>
    InvalidRequest,

    /// <summary>A program that has to be installed is missing, or does not work.</summary>
    MissingTool,

    /// <summary>A build failed, or nothing is built and building was not allowed.</summary>
    BuildFailed,

    /// <summary>A port that is needed is taken.</summary>
    PortTaken,

    /// <summary>A service, a pod or a load worker failed, or was not ready in time.</summary>
    ServiceFailed,

    /// <summary>The Kubernetes cluster cannot be reached, or there is no configuration that says which one is meant.</summary>
    ClusterUnreachable,

    /// <summary>The cluster does not allow it, or does not accept the credentials.</summary>
    NotAllowed,

    /// <summary>The cluster refuses an object: it is invalid, of an unknown kind, or clashes with another one.</summary>
    ObjectRefused,

    /// <summary>Nothing is deployed where it was looked for.</summary>
    NotDeployed,

    /// <summary>A registry could not be reached or refused, so that an image could be neither fetched nor pushed.</summary>
    RegistryFailed,

    /// <summary>The address to send requests to cannot be reached, or is not what it was taken for.</summary>
    TargetUnreachable,
}
