namespace Bookinfo.Cli.Local;

/// <summary>A line of <c>up --output json</c>.</summary>
/// <param name="Event"><c>ready</c> when all services are ready, <c>changed</c> when the state of one has changed.</param>
/// <param name="Page">The address to open; with <c>ready</c> only.</param>
/// <param name="Prometheus">The address of Prometheus; with <c>ready</c> only, and only when it runs.</param>
/// <param name="Services">All processes, Prometheus among them when it runs, or the one that has changed.</param>
internal sealed record StatusEvent(string Event, string? Page, string? Prometheus, IReadOnlyList<StatusRecord> Services);
