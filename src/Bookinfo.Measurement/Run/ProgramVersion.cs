using System.Reflection;

namespace Bookinfo.Measurement;

/// <summary>What this program says of itself in the files that it writes.</summary>
public static class ProgramVersion
{
    /// <summary>The version of the program.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
