using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>Lines are written whole, and those that are not are counted.</summary>
public sealed class LineWriterTests
{
    /// <summary>Whoever shares a pipe or a socket can tell it not to wait, as OpenSSH does.</summary>
    [Fact]
    public async Task A_slow_stdout_that_does_not_wait_gets_every_line_whole()
    {
        // More than what is between them holds, and less than what may wait to be written.
        var lines = Enumerable.Range(0, 4000).Select(number => $"{number} {new string('x', 200)}\n").ToList();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), $"bookinfo-test-{Guid.NewGuid()}");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var writing = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await writing.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        using var reading = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        File.Delete(path);
        writing.Blocking = false;

        var log = new LineWriter(StandardOutput.Open((int)writing.Handle), static _ => [], TimeProvider.System);
        lines.ForEach(line => log.Write(Encoding.ASCII.GetBytes(line)));
        var expected = string.Concat(lines);
        var received = new byte[expected.Length];
        await using (var stream = new NetworkStream(reading))
        {
            var read = stream.ReadExactlyAsync(received, TestContext.Current.CancellationToken).AsTask();
            await read.WaitAsync(Eventually.Never, TestContext.Current.CancellationToken);
        }

        log.Dispose();
        Assert.Equal(expected, Encoding.ASCII.GetString(received));
        Assert.Equal(0, log.Lost);
    }

    /// <summary>As on a full disk: some of a block is written, later nothing, and later again everything.</summary>
    [Fact]
    public void A_line_that_breaks_off_is_lost_alone_and_the_next_stands_on_its_own()
    {
        var written = new MemoryStream();
        // How many bytes are taken at each write, in turn, and then all: the first two lines and a half, nothing, and of the third
        // block the end of the line before it.
        var room = new Queue<int>([7, 0, 1, 0]);
        using var finished = new SemaphoreSlim(0);
        using var log = new LineWriter(
            block =>
            {
                var taken = room.TryDequeue(out var most) ? Math.Min(most, block.Length) : block.Length;
                written.Write(block[..taken]);
                finished.Release();
                return taken;
            },
            lost => Encoding.ASCII.GetBytes($"lost {lost}\n"),
            TimeProvider.System);
        log.Write("aa\nbb\ncc\n"u8);
        finished.Wait(TestContext.Current.CancellationToken);
        log.Write("dd\n"u8);
        finished.Wait(TestContext.Current.CancellationToken);
        log.Write("ee\n"u8);
        finished.Wait(TestContext.Current.CancellationToken);
        finished.Wait(TestContext.Current.CancellationToken);
        log.Write("ff\n"u8);
        log.Dispose();
        Assert.Equal("aa\nbb\nc\nff\nlost 3\n", Encoding.ASCII.GetString(written.ToArray()));
        Assert.Equal(3, log.Lost);
    }

    /// <summary>Waking its thread costs more than writing a line: at low rates it is woken once for each, at high rates for many.</summary>
    [Fact]
    public void A_line_that_comes_alone_is_written_at_once_and_lines_in_quick_succession_together()
    {
        var time = new FakeTimeProvider();
        var blocks = new BlockingCollection<string>();
        // Who gathers waits for an hour, or until there is enough for a block.
        using var log = new LineWriter(
            block =>
            {
                blocks.Add(Encoding.ASCII.GetString(block), TestContext.Current.CancellationToken);
                return block.Length;
            },
            static _ => [],
            time,
            gathering: TimeSpan.FromHours(1));

        log.Write("first\n"u8);
        Assert.Equal("first\n", Next());
        time.Advance(TimeSpan.FromHours(1));
        log.Write("second\n"u8);
        Assert.Equal("second\n", Next());

        time.Advance(TimeSpan.FromMinutes(59));
        var lines = Enumerable.Repeat($"{new string('x', 999)}\n", 62).ToList();
        lines.ForEach(line => log.Write(Encoding.ASCII.GetBytes(line)));
        Assert.Equal(string.Concat(lines), Next());

        string? Next() => blocks.TryTake(out var block, (int)Eventually.Never.TotalMilliseconds, TestContext.Current.CancellationToken)
            ? block
            : null;
    }
}
