namespace Bookinfo.Cli.Local;

/// <summary>Where a service is in its life.</summary>
internal enum ServiceState
{
    /// <summary>Its process is started or about to be; it has not answered yet.</summary>
    Starting,

    /// <summary>It says that it takes requests.</summary>
    Ready,

    /// <summary>It runs and says that it takes no requests, or does not answer.</summary>
    NotReady,

    /// <summary>Its process ended by itself; it is started again after a delay.</summary>
    Restarting,

    /// <summary>It was told to stop.</summary>
    Stopping,

    /// <summary>Its process has ended and stays so.</summary>
    Stopped,
}
