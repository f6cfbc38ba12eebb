using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo load</c> as a process.</summary>
internal static class LoadCommandRun
{
    /// <summary>Starts <c>bookinfo load</c>.</summary>
    /// <param name="arguments">What follows <c>load</c>.</param>
    public static CommandRun Start(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "load", .. arguments]);
}
