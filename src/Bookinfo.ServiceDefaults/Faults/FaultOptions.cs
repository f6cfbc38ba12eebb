using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>The settings about faults.</summary>
/// <param name="Rules">The rules in <c>FAULTS</c>; empty when it is not set.</param>
/// <param name="File">The full path of the file with rules (<c>FAULTS_FILE</c>); <see langword="null"/> for none.</param>
/// <param name="Seed">What the random choices start from (<c>RANDOM_SEED</c>); <see langword="null"/> for other choices each time.</param>
/// <param name="MarkSpans">Whether spans say which faults touched them (<c>FAULT_SPAN_ATTRIBUTE</c>).</param>
internal sealed record FaultOptions(IReadOnlyList<FaultRule> Rules, string? File, int? Seed, bool MarkSpans)
{
    /// <summary>Reads <c>FAULTS</c>, <c>FAULTS_FILE</c>, <c>RANDOM_SEED</c> and <c>FAULT_SPAN_ATTRIBUTE</c>.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="service">The service, to whose requests the rules apply.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static FaultOptions Read(Settings settings, ServiceDefinition service) => new(
        ReadRules(settings, service),
        ReadFile(settings),
        settings.Text(SettingNames.RandomSeed) is null
            ? null
            : settings.Number(SettingNames.RandomSeed, standard: 0, least: 0, most: int.MaxValue),
        settings.Flag(SettingNames.FaultSpanAttribute, standard: true));

    private static string? ReadFile(Settings settings)
    {
        const string Name = SettingNames.FaultsFile;
        return settings.Text(Name) switch
        {
            null => null,
            var file when file.Contains('\0', StringComparison.Ordinal) =>
                throw new InvalidSettingException(Name, file, "the path of a file"),
            var file => Path.GetFullPath(file),
        };
    }

    private static IReadOnlyList<FaultRule> ReadRules(Settings settings, ServiceDefinition service)
    {
        if (settings.Text(SettingNames.Faults) is not { } text)
        {
            return [];
        }

        try
        {
            var rules = FaultRuleReader.Read(text);
            FaultReach.Require(rules, FaultRuleReader.Root, service);
            return rules;
        }
        catch (InvalidFaultException exception)
        {
            throw new InvalidSettingException(SettingNames.Faults, text, $"a JSON list of rules; {exception.Message}");
        }
    }
}
