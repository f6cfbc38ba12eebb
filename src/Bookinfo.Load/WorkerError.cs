namespace Bookinfo.Load;

/// <summary>Why a worker does not do what it is told.</summary>
/// <param name="Error">A line that says what is wrong.</param>
internal sealed record WorkerError(string Error);
