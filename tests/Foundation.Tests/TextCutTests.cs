namespace Bookinfo.Foundation.Tests;

public sealed class TextCutTests
{
    [Theory]
    [InlineData("as it  is", 9, null, "as it  is")]
    [InlineData("", 10, null, "")]
    [InlineData("Not allowed to list nodes", 12, null, "Not allowed|to list|nodes")]
    // A path stays whole where it is to be copied, and is cut where nothing may be wider.
    [InlineData("see /a/long/path/there now", 8, null, "see|/a/long/path/there|now")]
    [InlineData("see /a/long/path/there now", 8, 8, "see|/a/long/|path/the|re now")]
    [InlineData("/a/long/path/there", 8, 8, "/a/long/|path/the|re")]
    // With room beside a column and more room below it, a word that is too long for the first goes below.
    [InlineData("/a/long/path/there now", 8, 12, "|/a/long/path|/there|now")]
    public void Breaks_a_text_between_words(string text, int width, int? longestWord, string lines) =>
        Assert.Equal(lines, string.Join('|', TextCut.Lines(text, width, longestWord)));

    [Fact]
    public void Never_cuts_a_character_in_two() =>
        Assert.All(TextCut.Lines(string.Concat(Enumerable.Repeat("📚", 20)), 7, 7), line => Assert.InRange(line.Length, 2, 6));

    [Fact]
    public void Lines_may_be_indented_and_fit_all_the_same()
    {
        Assert.Equal(["- one two", "    three"], TextCut.Indented("one two three", 12, "- ", "    "));
        Assert.Equal(["- one"], TextCut.Indented("one", 12, "- ", "    "));
    }
}
