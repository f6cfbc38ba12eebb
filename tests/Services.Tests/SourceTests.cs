using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>What the formatter does not check: the lengths of lines and files, and the summaries of comments.</summary>
public sealed partial class SourceTests
{
    private const int LongestLine = 140;

    /// <summary>A file with more lines is hardly about one thing.</summary>
    private const int MostLines = 400;

    private static IEnumerable<string> Scripts =>
        new[] { "bookinfo", "test.sh", ".ci/run" }.Select(name => Path.Combine(WorkingCopy.Root, name));

    [Fact]
    public void Lines_end_at_column_140() => Assert.Empty(
        from file in (IEnumerable<string>)[.. Files("*.cs"), .. Files("*.sh"), .. Scripts]
        from line in File.ReadLines(file).Index()
        where Columns(line.Item) > LongestLine
        select $"{Place(file, line.Index)}: {Columns(line.Item)} columns");

    /// <summary>Rows of tables and code cannot be broken.</summary>
    [Fact]
    public void Lines_of_documents_end_at_column_140() => Assert.Empty(
        from file in Directory.EnumerateFiles(Path.Combine(WorkingCopy.Root, "docs"), "*.md")
        from line in File.ReadLines(file).Index()
        where Columns(line.Item) > LongestLine && !RowOrCode().IsMatch(line.Item)
        select $"{Place(file, line.Index)}: {Columns(line.Item)} columns");

    [Fact]
    public void A_file_has_at_most_400_lines() => Assert.Empty(
        from file in Files("*.cs")
        let lines = File.ReadLines(file).Count()
        where lines > MostLines
        select $"{Path.GetRelativePath(WorkingCopy.Root, file)}: {lines} lines");

    [Fact]
    public void A_comment_has_one_summary() => Assert.Empty(
        from file in Files("*.cs")
        let text = File.ReadAllText(file)
        from comment in DocComment().Matches(text)
        where Summary().Count(comment.ValueSpan) > 1
        select $"{Place(file, text.AsSpan(0, comment.Index).Count('\n'))}: {Summary().Count(comment.ValueSpan)} summaries");

    [Fact]
    public void A_summary_says_what_it_is_about() => Assert.Empty(
        from file in Files("*.cs")
        from line in File.ReadLines(file).Index()
        where EmptySummary().IsMatch(line.Item)
        select $"{Place(file, line.Index)}: {line.Item.Trim()}");

    private static string Place(string file, int line) => $"{Path.GetRelativePath(WorkingCopy.Root, file)}:{line + 1}";

    // An emoji is one column here, though it is two units of UTF-16.
    private static int Columns(string line) => line.EnumerateRunes().Count();

    /// <summary>The files of a kind that are written by hand: what a build writes is in artifacts/.</summary>
    private static IEnumerable<string> Files(string pattern) => new[] { "src", "tests", "bench" }.SelectMany(folder =>
        Directory.EnumerateFiles(Path.Combine(WorkingCopy.Root, folder), pattern, SearchOption.AllDirectories));

    [GeneratedRegex(@"(?m)(^[ \t]*///.*\n)+")]
    private static partial Regex DocComment();

    /// <summary>A verb and a pronoun, such as 'Runs it.', say no more than the name of the method.</summary>
    [GeneratedRegex(@"<summary>\w+ (it|them|this|that)\.</summary>")]
    private static partial Regex EmptySummary();

    [GeneratedRegex(@"^ *\||^    ")]
    private static partial Regex RowOrCode();

    [GeneratedRegex("<summary>")]
    private static partial Regex Summary();
}
