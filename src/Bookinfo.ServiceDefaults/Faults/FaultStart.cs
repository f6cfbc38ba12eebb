using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Faults;

/// <summary>Sets the faults that the service has from its start.</summary>
/// <param name="board">Where they are set.</param>
/// <param name="options">Those of the settings.</param>
/// <param name="presets">Those that belong to its version.</param>
/// <param name="file">The file that is followed; <see langword="null"/> for none.</param>
internal sealed class FaultStart(FaultBoard board, FaultOptions options, IEnumerable<FaultPreset> presets, FaultFile? file)
{
    private const string SetName = "environment";

    /// <summary>Sets the faults of the version, of the environment and of the file.</summary>
    /// <exception cref="InvalidSettingException">The file is not allowed.</exception>
    public void Start()
    {
        foreach (var preset in presets)
        {
            board.Set(preset.Name, FaultSource.Version, FaultRuleReader.Read(preset.Rules), ttl: null, preset.Condition);
        }

        if (options.Rules.Count > 0)
        {
            board.Set(SetName, FaultSource.Environment, options.Rules);
        }

        file?.Start();
    }
}

/// <summary>The faults of a version of a service. Registered with the services of the application, it is set at the start.</summary>
/// <param name="Name">The name of the set: the version.</param>
/// <param name="Rules">A JSON list of rules.</param>
/// <param name="Condition">What a request must fulfill besides; <see langword="null"/> for nothing.</param>
public sealed record FaultPreset(string Name, string Rules, Func<HttpContext, bool>? Condition = null);
