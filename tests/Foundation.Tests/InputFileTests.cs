using System.Diagnostics;
using System.IO.Pipes;
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

    /// <summary>To open one that nobody writes to would last for ever. What a shell makes of a program has somebody who writes.</summary>
    [Fact]
    public async Task A_pipe_among_the_files_is_not_waited_for()
    {
        File.Delete(_file);
        using var make = Process.Start("mkfifo", [_file]);
        await make.WaitForExitAsync(TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<IOException>(
            () => Task.Run(() => InputFile.ReadText(_file, 1), TestContext.Current.CancellationToken)
                .WaitAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("it is a pipe. ", failure.Message);
        using var program = new AnonymousPipeServerStream(PipeDirection.Out);
        Assert.False(OutputPath.IsNamedPipe($"/proc/self/fd/{program.ClientSafePipeHandle.DangerousGetHandle()}"));
        Assert.False(OutputPath.IsNamedPipe("/dev/null"));
    }

    [Fact]
    public void Of_what_has_no_end_no_more_is_read() =>
        Assert.Equal("it has more than 1 MiB", Assert.Throws<IOException>(() => InputFile.ReadText("/dev/zero", 1)).Message);
}
