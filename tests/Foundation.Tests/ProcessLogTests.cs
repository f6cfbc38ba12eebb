using System.IO.Pipelines;
using System.Text;
using Bookinfo.Testing;

namespace Bookinfo.Foundation.Tests;

public sealed class ProcessLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-log");

    private string LogFile => Path.Combine(_directory.FullName, "below", "a.log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_does_not_fit_on_the_disk_is_remembered()
    {
        using var log = new ProcessLog("/dev/full");
        Assert.Null(log.Problem);

        await log.CopyAsync(new MemoryStream("a line\n"u8.ToArray()));

        Assert.Contains("No space left on device", log.Problem);
        Assert.Equal("a line", log.LastLine);
    }

    [Fact]
    public async Task Lines_of_two_streams_stay_whole()
    {
        var (output, error) = (new Pipe(), new Pipe());
        using (var log = new ProcessLog(LogFile))
        {
            var copies = Task.WhenAll(log.CopyAsync(output.Reader.AsStream()), log.CopyAsync(error.Reader.AsStream()));
            await WriteAsync(output, "half a ");
            await WriteAsync(error, "an error\nanother");
            await WriteAsync(output, "line\n");
            await output.Writer.CompleteAsync();
            await error.Writer.CompleteAsync();
            await copies;
        }

        Assert.Equal(["an error", "another", "half a line"], (await ReadAsync()).Order());
    }

    [Fact]
    public async Task What_is_written_is_in_the_file_at_once()
    {
        var output = new Pipe();
        using var log = new ProcessLog(LogFile);
        var copy = log.CopyAsync(output.Reader.AsStream());

        await WriteAsync(output, "a line\n");

        await Eventually.HoldsAsync("the line", () => new FileInfo(LogFile).Length == 7);
        await output.Writer.CompleteAsync();
        await copy;
    }

    [Fact]
    public async Task The_last_line_is_the_last_that_says_something()
    {
        using var log = new ProcessLog(LogFile);

        await log.CopyAsync(new MemoryStream("first\nUnhandled exception. What went wrong\n   at A.B()\n   at C.D()\n\n"u8.ToArray()));

        Assert.Equal("Unhandled exception. What went wrong", log.LastLine);
    }

    [Fact]
    public async Task A_line_without_end_is_kept_as_well()
    {
        var text = new string('x', 200_000);
        using (var log = new ProcessLog(LogFile))
        {
            await log.CopyAsync(new MemoryStream(Encoding.ASCII.GetBytes(text)));
        }

        Assert.Equal([text], await ReadAsync());
    }

    private static async Task WriteAsync(Pipe pipe, string text) => await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private Task<string[]> ReadAsync() => File.ReadAllLinesAsync(LogFile, TestContext.Current.CancellationToken);
}
