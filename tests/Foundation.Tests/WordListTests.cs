namespace Bookinfo.Foundation.Tests;

/// <summary>Lists in sentences.</summary>
public sealed class WordListTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a", "a")]
    [InlineData("a and b", "a", "b")]
    [InlineData("a, b and c", "a", "b", "c")]
    public void The_last_word_has_an_and_before_it(string list, params string[] words) => Assert.Equal(list, WordList.And(words));
}
