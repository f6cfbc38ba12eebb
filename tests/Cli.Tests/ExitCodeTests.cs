using System.Globalization;
using System.Reflection;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>docs/exit-codes.md has all exit codes, and no others.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public void All_are_documented()
    {
        var known = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetValue(null)!);
        var documented = File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "exit-codes.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 2)
            .Select(cells => int.TryParse(cells[1], CultureInfo.InvariantCulture, out var code) ? code : (int?)null)
            .OfType<int>();

        Assert.Equal(known.Order(), documented);
    }
}
