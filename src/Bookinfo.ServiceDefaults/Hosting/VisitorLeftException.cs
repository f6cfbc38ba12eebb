namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The visitor reset the connection while the body of the request was being read. Kestrel may report this before it cancels
/// <c>RequestAborted</c>, so that token alone is not enough.
/// </summary>
/// <param name="cause">What the connection said.</param>
internal sealed class VisitorLeftException(Exception cause) : OperationCanceledException("The visitor has left.", cause);
