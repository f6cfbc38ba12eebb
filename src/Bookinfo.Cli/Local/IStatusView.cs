namespace Bookinfo.Cli.Local;

/// <summary>Shows how the services are. Members may be called from any thread; disposing shows the last state and gives the terminal back.</summary>
internal interface IStatusView : IAsyncDisposable
{
    /// <summary>The processes are started.</summary>
    /// <param name="system">The services.</param>
    void Started(LocalSystem system);

    /// <summary>All services are ready.</summary>
    /// <param name="system">The services.</param>
    void Ready(LocalSystem system);

    /// <summary>The state of a service has changed.</summary>
    /// <param name="status">The new state.</param>
    void Changed(ServiceStatus status);

    /// <summary>The services are told to stop.</summary>
    void Stopping();
}
