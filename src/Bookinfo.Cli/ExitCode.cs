namespace Bookinfo.Cli;

/// <summary>The exit codes of <c>bookinfo</c>, the launcher's included. They are part of the interface: scripts act on them.</summary>
public static class ExitCode
{
    /// <summary>Done; for <c>up</c>: everything ran and was stopped in order, by Ctrl-C, SIGTERM or SIGHUP.</summary>
    public const int Success = 0;

    /// <summary>Something unforeseen went wrong.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: an unknown option, or a value that is not allowed.</summary>
    public const int InvalidUsage = 2;

    /// <summary>A tool that has to be installed is missing: the .NET SDK, the linker for <c>--native</c>, Prometheus for <c>--prometheus</c>. The launchers use the number as well.</summary>
    public const int MissingTool = 3;

    /// <summary>A build failed, or nothing is built and <c>--no-build</c> forbids to. The launchers use the number as well.</summary>
    public const int BuildFailed = 4;

    /// <summary>A port that is needed is taken.</summary>
    public const int PortTaken = 5;

    /// <summary>A service ended before it was ready, or was not ready in time.</summary>
    public const int ServiceFailed = 6;

    /// <summary>The address to load cannot be reached, or is not what it was taken for.</summary>
    public const int TargetUnreachable = 13;

    /// <summary>Interrupted before it was done (128 + SIGINT, as shells have it); for <c>up</c>: before everything was ready, or by a second Ctrl-C.</summary>
    public const int Interrupted = 130;
}
