namespace Bookinfo.Cli.Local;

/// <summary>A line of <c>up --output json</c>.</summary>
/// <param name="Event"><c>ready</c> when all services are ready, <c>changed</c> when the state of one has changed.</param>
/// <param name="Page">The address to open; with <c>ready</c> only.</param>
/// <param name="Services">All services, or the one that has changed.</param>
internal sealed record StatusEvent(string Event, string? Page, IReadOnlyList<StatusRecord> Services);
