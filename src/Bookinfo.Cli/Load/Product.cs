using System.Reflection;

namespace Bookinfo.Cli.Load;

/// <summary>What this program says of itself in the files that it writes.</summary>
internal static class Product
{
    /// <summary>The version of the program.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
