namespace Bookinfo.Foundation.Tests;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("plain, té, 🚀\n\tand more", "plain, té, 🚀\n\tand more")]
    [InlineData("\e[31mred\e[0m \e[2J\e[?25lgone", "red gone")]
    [InlineData("a\r\nb\a\0\u009b", "a\nb???")]
    [InlineData("\e]0;title\ab\e]8;;x\e\\c", "bc")]
    [InlineData("\e", "?")]
    public void A_terminal_has_nothing_to_obey(string text, string clean) => Assert.Equal(clean, PrintableText.Clean(text));

    [Theory]
    [InlineData("plain, té, 🚀\n\tand\r\nmore", "plain, té, 🚀\n\tand\r\nmore", "plain, té, 🚀\ufffd\tand\ufffdmore")]
    [InlineData("\e[31mred\r\u009b\u007f", "\ufffd[31mred\ufffd\ufffd\ufffd", "\ufffd[31mred\ufffd\ufffd\ufffd")]
    public void What_cannot_be_shown_has_a_sign_in_its_place(string text, string lines, string line) =>
        Assert.Equal((lines, line), (PrintableText.Show(text), PrintableText.ShowInLine(text)));
}
