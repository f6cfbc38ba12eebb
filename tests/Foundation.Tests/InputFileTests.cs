using System.Text;

namespace Bookinfo.Foundation.Tests;

/// <summary>Files that the user names to be read, which may be anything.</summary>
public sealed class InputFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_text_is_read_in_the_encoding_that_it_says_it_has(string encoding)
    {
        File.WriteAllText(_file, "größer\r\n", Encoding.GetEncoding(encoding));

        Assert.Equal("größer\r\n", InputFile.ReadText(_file, 1));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2 * 1024 * 1024, true)]
    [InlineData((2 * 1024 * 1024) + 1, false)]
    public void It_may_have_so_much_and_no_more(int length, bool isRead)
    {
        File.WriteAllBytes(_file, new byte[length]);

        var failure = Record.Exception(() => Assert.Equal(length, InputFile.ReadText(_file, 2).Length));

        Assert.Equal(isRead ? null : "it has more than 2 MiB", failure?.Message);
    }

    [Fact]
    public void Of_what_has_no_end_no_more_is_read() =>
        Assert.Equal("it has more than 1 MiB", Assert.Throws<IOException>(() => InputFile.ReadText("/dev/zero", 1)).Message);
}
