using System.Text.Json.Serialization;

namespace Bookinfo.Measurement;

/// <summary>What <c>canary --output json</c> writes.</summary>
/// <param name="Version">The version of this format, which changes when a field changes its meaning.</param>
/// <param name="Split">What divides requests.</param>
/// <param name="Asked">The shares that are in force, in percent by version.</param>
/// <param name="Detail">How these shares come about, such as by which replicas; <see langword="null"/> if there is no more to say.</param>
public sealed record CanaryReport(int Version, string Split, IReadOnlyDictionary<string, int> Asked, string? Detail)
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Where page views went; <see langword="null"/> when none were sent.</summary>
    public SplitMeasurement? Measured { get; init; }

    /// <summary>How a walk has ended; <see langword="null"/> when there was none.</summary>
    public CanaryEnd? End { get; init; }

    /// <summary>The steps of a walk.</summary>
    public IReadOnlyList<CanaryStep>? Steps { get; init; }

    /// <summary>Makes one without measurements.</summary>
    /// <param name="split">What divides requests.</param>
    /// <param name="state">How it divides them now.</param>
    public static CanaryReport Of(IVersionSplit split, SplitState state) => new(
        CurrentVersion, split.Description, state.Shares.Versions.ToDictionary(version => version, version => state.Shares[version]),
        state.Detail);
}

/// <summary>How <c>canary --output json</c> writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CanaryReport))]
public sealed partial class CanaryJson : JsonSerializerContext;
