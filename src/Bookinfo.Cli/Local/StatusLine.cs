namespace Bookinfo.Cli.Local;

/// <summary>A line of the status table.</summary>
/// <param name="Text">What stands before the state.</param>
/// <param name="State">The state in words.</param>
/// <param name="Kind">The state, to color it by; <see langword="null"/> in the heading.</param>
internal sealed record StatusLine(string Text, string State, ServiceState? Kind);
