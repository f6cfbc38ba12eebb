namespace Bookinfo.Cli.Load;

/// <summary>A reason not to take the figures of a run at their face.</summary>
/// <param name="Code">Which, for programs: <c>generator-late</c>, <c>generator-slow</c>, <c>connections-busy</c>, <c>unsent</c>, <c>redirected</c>, <c>signed-out</c>,
/// <c>wrong-scheme</c>, <c>ledger-lost</c>.</param>
/// <param name="Text">For people: what is wrong and what to do.</param>
internal sealed record LoadWarning(string Code, string Text);
