using System.Text.RegularExpressions;

namespace Manifests.Tests;

/// <summary>The tables of components in docs/components.md, which say what there is and what goes with what.</summary>
internal static partial class ComponentTable
{
    /// <summary>The lines, in their order, which is one to apply the components in.</summary>
    public static IReadOnlyList<ComponentLine> Lines { get; } = [.. Read()];

    private static IEnumerable<ComponentLine> Read()
    {
        var (introduction, inTable) = ("", false);
        foreach (var line in File.ReadLines(DeployFiles.ComponentDocument))
        {
            var component = Component().Match(line);
            if (inTable && line.Length > 0 && line[0] != '|')
            {
                introduction = "";
            }

            inTable = line.StartsWith('|') || (inTable && line.Length == 0);
            if (component.Success)
            {
                // Of the tables whose introduction says 'one at a time', the introduction is what the alternatives have in common.
                var group = introduction.Contains("one at a time", StringComparison.Ordinal) ? introduction : null;
                var notWith = line.Split("not with ") is [_, var others] ? Name().Matches(others).Select(name => name.Groups[1].Value) : [];
                yield return new ComponentLine(component.Groups[1].Value, line, group, [.. notWith]);
            }
            else if (!inTable)
            {
                introduction += $"{line} ";
            }
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|")]
    private static partial Regex Component();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
