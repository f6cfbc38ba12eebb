using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.LoadWorker;

/// <summary>
/// Reads what traffic is to be from a directory with a file for each setting, which is what a mounted ConfigMap is. A file that is not
/// there, or is empty, leaves its setting at what it usually is.
/// </summary>
internal static class TrafficSettings
{
    /// <summary>The highest rate, in requests a second. Whoever wants more wants a measurement.</summary>
    public const double HighestRate = 10_000;

    private const double LongestPeriod = 24 * 60;
    private const double UsualPeriod = 60;

    private static readonly string Rates = string.Create(
        CultureInfo.InvariantCulture, $"0, or a number from {ProfileSettings.LowestRate} to {HighestRate}");

    private static readonly string[] Names = ["rate", "profile", "period-minutes", "from", "peak", "steps", "arrivals"];

    /// <summary>Reads the files.</summary>
    /// <param name="directory">Where they are.</param>
    /// <returns>The text of each that is not empty.</returns>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    public static IReadOnlyDictionary<string, string> Load(string directory) =>
        // What begins with a dot is how Kubernetes replaces all files at once.
        Directory.EnumerateFiles(directory)
            .Select(file => (Name: Path.GetFileName(file), File: file))
            .Where(setting => !setting.Name.StartsWith('.'))
            .Select(setting => KeyValuePair.Create(setting.Name, ReadText(setting.File).Trim()))
            .Where(setting => setting.Value.Length > 0)
            .OrderBy(setting => setting.Key, StringComparer.Ordinal)
            .ToDictionary();

    /// <summary>Reads the beginning of a file, which may be a device and have no end.</summary>
    private static string ReadText(string file)
    {
        const int LongestText = 1000;
        using var reader = new StreamReader(file);
        var text = new char[LongestText + 1];
        var length = reader.ReadBlock(text);
        return length <= LongestText ? new string(text, 0, length)
            : throw new IOException($"the setting '{Path.GetFileName(file)}' has more than {LongestText} characters");
    }

    /// <summary>Makes settings of texts.</summary>
    /// <param name="texts">The texts, by name.</param>
    /// <exception cref="FormatException">One is not allowed, or the rate is missing.</exception>
    public static SteadySettings Read(IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Keys.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
        {
            throw new FormatException($"there is no setting '{unknown}', only {string.Join(", ", Names)}");
        }

        if (!texts.TryGetValue("rate", out var text))
        {
            throw new FormatException($"the setting 'rate' is missing: it must be {Rates}, of requests a second");
        }

        var rate = Number(text) is { } number and (0 or (>= ProfileSettings.LowestRate and <= HighestRate))
            ? number
            : throw NotAllowed("rate", text, Rates);
        var profile = new ProfileSettings(
            Name(texts, "profile", ProfileKind.Constant),
            rate,
            Number(texts, "period-minutes", 1, LongestPeriod, UsualPeriod)!.Value * 60,
            Number(texts, "from", 0, HighestRate, null),
            Number(texts, "peak", 0, HighestRate, null),
            Whole(texts, "steps", 1, ProfileSettings.MostSteps, ProfileSettings.UsualSteps));
        return new SteadySettings(rate > 0 ? profile : null, Name(texts, "arrivals", ArrivalProcess.Poisson));
    }

    /// <summary>Says what settings ask for.</summary>
    /// <param name="settings">The settings.</param>
    public static string Describe(SteadySettings settings) => settings.Profile is not { } profile
        ? "no requests"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{profile.Create().Name} {profile.Rate:0.###} requests a second, {Lower(settings.Arrivals)} arrivals")
            + (profile.Kind == ProfileKind.Constant
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $", a period of {profile.Seconds / 60:0.###} minutes"));

    private static double? Number(IReadOnlyDictionary<string, string> texts, string name, double least, double most, double? usual) =>
        !texts.TryGetValue(name, out var text) ? usual
        : Number(text) is { } number && number >= least && number <= most ? number
        : throw NotAllowed(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Whole(IReadOnlyDictionary<string, string> texts, string name, int least, int most, int usual) =>
        !texts.TryGetValue(name, out var text) ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw NotAllowed(name, text, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));

    private static T Name<T>(IReadOnlyDictionary<string, string> texts, string name, T usual)
        where T : struct, Enum =>
        !texts.TryGetValue(name, out var text) ? usual
        : Enum.GetValues<T>().Where(value => Lower(value) == text).Select(value => (T?)value).FirstOrDefault()
            ?? throw NotAllowed(name, text, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Lower))}");

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static FormatException NotAllowed(string name, string text, string allowed) =>
        new($"{name} '{(text.Length > 100 ? $"{text[..100]}..." : text)}' is not allowed: it must be {allowed}");
}
