using Bookinfo.Foundation;

namespace Bookinfo.Cli.Terminal;

/// <summary>The exit codes of <c>bookinfo</c>, the launcher's included. They are part of the interface: scripts act on them.</summary>
public static class ExitCode
{
    /// <summary>Done; for <c>up</c>: everything ran and was stopped in order, by Ctrl-C, SIGTERM or SIGHUP.</summary>
    public const int Success = 0;

    /// <summary>
    /// Something unforeseen went wrong, or output could not be written to stdout or stderr, whatever the command's own outcome.
    /// </summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: an unknown option, or a value that is not allowed.</summary>
    public const int InvalidUsage = 2;

    /// <summary>
    /// A tool that has to be installed is missing: the .NET SDK, the linker for native code, Prometheus for <c>--prometheus</c>, what
    /// builds images, kubectl; or the dashboard for <c>--dashboard</c> cannot be downloaded. The launchers use the number as well.
    /// </summary>
    public const int MissingTool = 3;

    /// <summary>A build failed, or nothing is built and <c>--no-build</c> forbids building. The launchers use the number as well.</summary>
    public const int BuildFailed = 4;

    /// <summary>A port that is needed is taken.</summary>
    public const int PortTaken = 5;

    /// <summary>A service ended before it was ready, or was not ready in time; for <c>deploy</c>: a pod.</summary>
    public const int ServiceFailed = 6;

    /// <summary>The Kubernetes cluster cannot be reached, or kubectl has no configuration that says which one is meant.</summary>
    public const int ClusterUnreachable = 7;

    /// <summary>The cluster does not allow it, or does not accept the credentials.</summary>
    public const int NotAllowed = 8;

    /// <summary>The cluster refuses an object: it is invalid, of a kind that the cluster does not know, or clashes with another.</summary>
    public const int ObjectRefused = 9;

    /// <summary>Nothing is deployed where it was looked for.</summary>
    public const int NotDeployed = 10;

    /// <summary>A registry could not be reached or refused, so that an image could be neither fetched nor pushed.</summary>
    public const int RegistryFailed = 11;

    /// <summary><c>doctor</c> found a problem.</summary>
    public const int ProblemFound = 12;

    /// <summary>The address to load cannot be reached, or is not what it was taken for.</summary>
    public const int TargetUnreachable = 13;

    /// <summary>A condition of <c>--fail-on</c> is violated.</summary>
    public const int Regression = 14;

    /// <summary>What was measured does not suffice to decide a condition of <c>--fail-on</c>.</summary>
    public const int Inconclusive = 15;

    /// <summary><c>scenario start --check</c>: a symptom was not seen in time, or did not clear.</summary>
    public const int SymptomMissing = 16;

    /// <summary>
    /// <c>canary set</c> has gone back, because a condition of <c>--fail-on</c> was violated while it walked.
    /// </summary>
    public const int CanaryFailed = 17;

    /// <summary><c>verify</c>: a platform shows something else than what happened.</summary>
    public const int TelemetryDiffers = 18;

    /// <summary><c>verify</c>: what was checked is right, but some of what happened could not be checked.</summary>
    public const int TelemetryUnchecked = 19;

    /// <summary>
    /// Interrupted before it was done (128 + SIGINT, as shells have it); for <c>up</c>: before everything was ready, or by a second Ctrl-C.
    /// </summary>
    public const int Interrupted = 130;

    /// <summary>
    /// Done, but the reader of the output left before its end, as <c>head</c> does (128 + SIGPIPE, which is what shells report for a
    /// program that this signal ends).
    /// </summary>
    public const int ReaderLeft = 141;

    /// <summary>The exit code for a failure.</summary>
    /// <param name="kind">The kind of the failure.</param>
    public static int Of(FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest => InvalidUsage,
        FailureKind.MissingTool => MissingTool,
        FailureKind.BuildFailed => BuildFailed,
        FailureKind.PortTaken => PortTaken,
        FailureKind.ServiceFailed => ServiceFailed,
        FailureKind.ClusterUnreachable => ClusterUnreachable,
        FailureKind.NotAllowed => NotAllowed,
        FailureKind.ObjectRefused => ObjectRefused,
        FailureKind.NotDeployed => NotDeployed,
        FailureKind.RegistryFailed => RegistryFailed,
        FailureKind.TargetUnreachable => TargetUnreachable,
        _ => Failure,
    };
}
