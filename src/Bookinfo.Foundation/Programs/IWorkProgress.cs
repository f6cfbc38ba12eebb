namespace Bookinfo.Foundation;

/// <summary>Shows that something that takes long goes on.</summary>
public interface IWorkProgress
{
    /// <summary>Does the work, and shows it meanwhile.</summary>
    /// <param name="what">What is done, such as 'Building the services'.</param>
    /// <param name="work">The work; what it reports is shown behind that.</param>
    Task RunAsync(string what, Func<Action<string>, Task> work);
}
