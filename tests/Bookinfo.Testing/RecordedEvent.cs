using Microsoft.Extensions.Logging;

namespace Bookinfo.Testing;

/// <summary>Something that a service has logged.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Name">The name of the event.</param>
/// <param name="Status">The status that it tells, if any.</param>
/// <param name="Text">The event in words, with the exception.</param>
public sealed record RecordedEvent(LogLevel Level, string Name, int? Status, string Text);
