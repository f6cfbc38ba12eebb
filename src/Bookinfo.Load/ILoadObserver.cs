namespace Bookinfo.Load;

/// <summary>Looks on while a run goes on. Called by one thread, which also keeps the time limits of requests: nothing here may take long.</summary>
internal interface ILoadObserver
{
    /// <summary>The run begins.</summary>
    /// <param name="startedAt">When.</param>
    void Started(DateTimeOffset startedAt)
    {
    }

    /// <summary>A request has ended.</summary>
    /// <param name="sample">What became of it.</param>
    void Add(in Sample sample)
    {
    }

    /// <summary>An interval of about a second has passed, or the run is over.</summary>
    /// <param name="progress">How the run stands.</param>
    void Progress(LoadProgress progress)
    {
    }
}
