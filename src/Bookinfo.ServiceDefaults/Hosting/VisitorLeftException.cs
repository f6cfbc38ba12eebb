namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// The visitor reset the connection while the body of the request was read. Kestrel may say so before <c>RequestAborted</c> does, so that
/// token alone does not tell.
/// </summary>
/// <param name="cause">What the connection said.</param>
internal sealed class VisitorLeftException(Exception cause) : OperationCanceledException("The visitor has left.", cause);
