using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>Shows a run while it goes on. Disposing it leaves the terminal as it was found.</summary>
internal interface ILoadView : ILoadObserver, IAsyncDisposable;
