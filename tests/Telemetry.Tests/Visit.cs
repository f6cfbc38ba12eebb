namespace Telemetry.Tests;

/// <summary>A request that a test makes.</summary>
/// <param name="Process">Where it goes.</param>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target.</param>
/// <param name="Route">The route that it counts under; empty for none.</param>
/// <param name="Status">The status that is answered; <see langword="null"/> when it depends on the calls that answering it takes.</param>
/// <param name="Form">A form that it brings, or <see langword="null"/>.</param>
/// <param name="Leaves">Whether the visitor leaves before there is an answer.</param>
internal sealed record Visit(
    string Process, string Method, string Target, string Route, int? Status = null, string? Form = null, bool Leaves = false);
