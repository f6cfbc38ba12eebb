using System.Buffers;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bookinfo.Scenarios;

/// <summary>Reads the file of a scenario.</summary>
public static class ScenarioReader
{
    /// <summary>The most characters of a file.</summary>
    private const int Longest = 256 * 1024;

    /// <summary>The control characters that YAML does not allow.</summary>
    private static readonly SearchValues<char> Control = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl).Except(['\t', '\n', '\r', '\x85'])]);

    /// <summary>Reads a scenario.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="text">The file, in YAML.</param>
    /// <param name="problems">What is wrong with it, in the order of the file.</param>
    /// <returns><see langword="null"/> when something is wrong with it.</returns>
    public static Scenario? Read(string name, string text, out IReadOnlyList<ScenarioProblem> problems)
    {
        var found = new List<ScenarioProblem>();
        problems = found;
        if (text.Length > Longest)
        {
            found.Add(new ScenarioProblem(1, 1, "", $"must have {Longest} characters at most"));
            return null;
        }

        // The parser would take NUL for the end of the file, and leave out what stands after it.
        if (text.AsSpan().IndexOfAny(Control) is >= 0 and var place)
        {
            var before = text.AsSpan(0, place);
            var (line, column) = (before.Count('\n') + 1, place - before.LastIndexOf('\n'));
            found.Add(new ScenarioProblem(line, column, "", $"must not have the control character U+{(int)text[place]:X4}"));
            return null;
        }

        if (Parse(text, found) is not { } root)
        {
            return null;
        }

        var json = ScenarioShape.Scenario.Read(root, "", found);
        if (found.Count > 0)
        {
            found.Sort(static (one, other) => (one.Line, one.Column).CompareTo((other.Line, other.Column)));
            return null;
        }

        return json.Deserialize(ScenarioJson.Default.Scenario)! with { Name = name };
    }

    private static YamlNode? Parse(string text, List<ScenarioProblem> problems)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            var stream = new YamlStream();
            stream.Load(new PlainParser(parser));
            if (stream.Documents is [var document])
            {
                return document.RootNode;
            }

            problems.Add(new ScenarioProblem(1, 1, "", "must hold one YAML document"));
        }
        catch (NotPlainException exception)
        {
            problems.Add(ScenarioProblem.At(exception.At, "", exception.Message));
        }
        catch (YamlException exception)
        {
            problems.Add(ScenarioProblem.At(exception.Start, "", $"is not YAML: {exception.Message.Trim()}"));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // What the library throws where a bracket is not closed, and where a document ends within a mapping.
            problems.Add(ScenarioProblem.At(parser.Current?.End ?? Mark.Empty, "", "is not YAML from here on: is a bracket open?"));
        }

        return null;
    }
}
