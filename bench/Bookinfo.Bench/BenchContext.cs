namespace Bookinfo.Bench;

/// <summary>What all measurements of a run have in common.</summary>
/// <param name="Plan">How long and how often.</param>
/// <param name="Figures">Where results go.</param>
/// <param name="Progress">Where it is said what goes on.</param>
/// <param name="Programs">What is started.</param>
/// <param name="Root">The directory of the project.</param>
/// <param name="Files">A directory for files of its own.</param>
/// <param name="Time">The clock.</param>
internal sealed record BenchContext(
    BenchPlan Plan, Figures Figures, BenchProgress Progress, Programs Programs, string Root, string Files, TimeProvider Time);
