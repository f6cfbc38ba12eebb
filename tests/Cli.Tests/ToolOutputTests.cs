using System.Text;
using Bookinfo.Cli.Terminal;

namespace Bookinfo.Cli.Tests;

/// <summary>What becomes of a command of which stdout or stderr does not take everything.</summary>
public sealed class ToolOutputTests
{
    private const int BrokenPipe = 32;

    private static readonly IOException Full = new("No space left on device.", 28);
    private static readonly IOException Left = new("Broken pipe", BrokenPipe);

    [Fact]
    public void All_that_is_written_arrives()
    {
        var bytes = new List<byte>();
        using var writer = Writer(bytes);

        writer.Write('a');
        writer.Write("b€");
        writer.Write(['x', '\ud83d'], 0, 2);
        writer.Write("\ude00");
        writer.WriteLine("c");
        writer.WriteLine();
        writer.Write("{0}", 1);

        Assert.Equal($"ab€x😀c{writer.NewLine}{writer.NewLine}1", Encoding.UTF8.GetString([.. bytes]));
        Assert.Null(writer.Failure);
        Assert.False(writer.Lost.IsCancellationRequested);
    }

    [Theory]
    [InlineData(null, "an address of more than a line: http://localhost:30080/productpage")]
    [InlineData(80, "an address of more than a line: http://localhost:30080/productpage")]
    [InlineData(20, "an address of more\nthan a line:\nhttp://localhost:30080/productpage")]
    [InlineData(20, "short\n  indented, and as such\n\n", "short\n  indented, and as\n  such\n\n")]
    public void Lines_that_do_not_fit_are_broken_between_words(int? width, string text, string? broken = null)
    {
        var bytes = new List<byte>();
        using var writer = new StandardWriter(written => bytes.AddRange(written), Encoding.UTF8, () => width) { NewLine = "\n" };

        writer.WriteLine(broken is null ? text.Replace('\n', ' ') : text);

        Assert.Equal($"{broken ?? text}\n", Encoding.UTF8.GetString([.. bytes]));
    }

    /// <summary>What a platform or a file says must not become a command to the terminal; what the tool draws must.</summary>
    [Fact]
    public void Lines_have_nothing_that_a_terminal_obeys()
    {
        var bytes = new List<byte>();
        using var writer = new StandardWriter(written => bytes.AddRange(written), Encoding.UTF8, () => 20) { NewLine = "\n" };

        writer.Write("\e[31m");
        writer.WriteLine("a\e[2J\u009bb\0\rc\td\r\n  e");
        writer.WriteLine((string?)null);

        Assert.Equal("\e[31ma\ufffd[2J\ufffdb\ufffd\ufffdc\td\r\n  e\n\n", Encoding.UTF8.GetString([.. bytes]));
    }

    [Fact]
    public async Task The_first_failure_is_kept_and_nothing_throws_after_it()
    {
        var writes = 0;
        using var writer = new StandardWriter(_ => throw (++writes == 1 ? Full : Left), Encoding.UTF8);

        for (var line = 0; line < 3; line++)
        {
            writer.WriteLine("a line");
            await writer.WriteLineAsync("a line");
        }

        Assert.Same(Full, writer.Failure);
        Assert.Equal(1, writes);
        await Task.Delay(Timeout.Infinite, writer.Lost).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Fact]
    public void What_one_call_writes_stays_together()
    {
        var bytes = new List<byte>();
        using var writer = Writer(bytes);

        Parallel.For(0, 100, number => writer.WriteLine(new string((char)('a' + (number % 26)), 500)));

        Assert.All(
            Encoding.UTF8.GetString([.. bytes]).TrimEnd().Split(writer.NewLine), line => Assert.Equal(line, new string(line[0], 500)));
    }

    [Theory]
    [InlineData(ExitCode.Success)]
    [InlineData(ExitCode.ProblemFound)]
    [InlineData(ExitCode.Interrupted)]
    public void A_stdout_that_is_full_is_a_line_and_a_failure(int exitCode)
    {
        var said = new List<byte>();
        using var messages = Writer(said);

        Assert.Equal(ExitCode.Failure, ToolOutput.End(exitCode, Broken(Full), messages));
        Assert.Equal(
            $"bookinfo: the output could not be written to stdout: No space left on device. Redirect it elsewhere.{messages.NewLine}",
            Encoding.UTF8.GetString([.. said]));
    }

    [Fact]
    public void A_stderr_that_is_full_is_a_failure() =>
        Assert.Equal(ExitCode.Failure, ToolOutput.End(ExitCode.Success, Writer([]), Broken(Full)));

    [Fact]
    public void When_both_are_full_there_is_nobody_to_tell() =>
        Assert.Equal(ExitCode.Failure, ToolOutput.End(ExitCode.Success, Broken(Full), Broken(Full)));

    [Theory]
    [InlineData(ExitCode.Success, ExitCode.ReaderLeft)]
    [InlineData(ExitCode.ProblemFound, ExitCode.ProblemFound)]
    [InlineData(ExitCode.Interrupted, ExitCode.Interrupted)]
    public void A_reader_who_has_left_wants_to_hear_nothing(int exitCode, int expected)
    {
        var said = new List<byte>();

        Assert.Equal(expected, ToolOutput.End(exitCode, Broken(Left), Writer(said)));
        Assert.Empty(said);
    }

    [Fact]
    public void Where_everything_was_written_the_exit_code_is_the_commands() =>
        Assert.All(
            [ExitCode.Success, ExitCode.ProblemFound],
            exitCode => Assert.Equal(exitCode, ToolOutput.End(exitCode, Writer([]), Writer([]))));

    [Fact]
    public void What_nobody_has_foreseen_is_one_line_that_says_where()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Throw(new InvalidOperationException("first\n\n  second.")));

        var line = UnforeseenFailure.Describe(new AggregateException(failure));

        Assert.Matches($@"^first second \(InvalidOperationException at .*{nameof(ToolOutputTests)}.*\)\. This is a mistake in bookinfo: "
            + $@"please report this line\.$", line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_nobodys_mistake() =>
        Assert.Equal("No space left on device.", UnforeseenFailure.Describe(Full));

    private static void Throw(Exception exception) => throw exception;

    private static StandardWriter Writer(List<byte> bytes) => new(text => bytes.AddRange(text), Encoding.UTF8);

    private static StandardWriter Broken(Exception failure)
    {
        var writer = new StandardWriter(_ => throw failure, Encoding.UTF8);
        writer.WriteLine("lost");
        return writer;
    }
}
