namespace Bookinfo.Measurement;

/// <summary>A fault that a service had on purpose while it was measured.</summary>
/// <param name="Process">The service with its version: <c>ratings-v1</c>.</param>
/// <param name="Fault">The fault, such as <c>delay</c>.</param>
/// <param name="Rule">The name of its rule, which is that of the fault unless it has one of its own.</param>
public sealed record ActiveFault(string Process, string Fault, string Rule)
{
    /// <summary>Names faults for the notes and warnings of a report.</summary>
    /// <param name="faults">The faults; <see langword="null"/> when they are not known.</param>
    /// <returns>A sentence; <see langword="null"/> when there is nothing to tell.</returns>
    public static string? Describe(IReadOnlyList<ActiveFault>? faults) => faults is { Count: > 0 }
        ? $"Faults were active while this was measured: {List(faults)}."
        : null;

    /// <summary>The faults in words, for a comparison.</summary>
    /// <param name="faults">The faults.</param>
    internal static string List(IReadOnlyList<ActiveFault> faults) => faults.Count == 0 ? "none" : string.Join(", ", faults.Select(
        fault => $"{fault.Fault} of {fault.Process}{(fault.Rule == fault.Fault ? "" : $" (rule '{fault.Rule}')")}"));
}
