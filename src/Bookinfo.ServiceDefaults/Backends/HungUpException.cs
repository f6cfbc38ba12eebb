namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// A server closed a new connection without an answer. Deliberately no <see cref="IOException"/>: those the HTTP client takes for an idle
/// connection that was closed, and sends the request again.
/// </summary>
/// <param name="cause">What the connection said, if anything.</param>
internal sealed class HungUpException(Exception? cause) : Exception("The server closed the connection without an answer.", cause);
