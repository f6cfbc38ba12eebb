namespace Bookinfo.Foundation;

/// <summary>Shows that long-running work is going on.</summary>
public interface IWorkProgress
{
    /// <summary>Does the work, and shows progress meanwhile.</summary>
    /// <param name="what">The name of the work, such as 'Building the services'.</param>
    /// <param name="lastTime">How long the same work took the last time; <see langword="null"/> if that is not known.</param>
    /// <param name="work">The work; what it reports is shown after its name.</param>
    Task RunAsync(string what, TimeSpan? lastTime, Func<Action<string>, Task> work);
}
