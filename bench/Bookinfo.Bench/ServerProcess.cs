using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bookinfo.Bench;

/// <summary>A server under measurement: a process of its own, and what it has used of the machine.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1);

    /// <summary>As much as a pipe holds.</summary>
    private const int ReadBuffer = 64 * 1024;

    private readonly Process _process;

    private ServerProcess(string name, int port, Process process)
    {
        Name = name;
        Port = port;
        _process = process;
    }

    /// <summary>What it is called in results.</summary>
    public string Name { get; }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Processor time, user and system, that all its threads have used, in seconds.</summary>
    /// <remarks>The kernel counts it by the nanosecond, and /proc/[pid]/stat shows it by the hundredth of a second: see proc(5).</remarks>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Memory that is resident, in bytes: VmRSS of proc(5), files that are mapped included.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status")).First(
                line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts one and waits until it answers with 200.</summary>
    /// <param name="definition">What to start.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The server, and how long it took from when it was started to the end of the first answer with 200.</returns>
    /// <exception cref="BenchException">It did not start, or ended.</exception>
    public static async Task<(ServerProcess Server, TimeSpan Took)> StartAsync(ServerDefinition definition, TimeProvider time)
    {
        var start = new ProcessStartInfo(definition.Program, definition.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in definition.Environment)
        {
            start.Environment[name] = value;
        }

        var began = time.GetTimestamp();
        var process = Process.Start(start)!;
        // A pipe with a reader, as a container's stdout is. On a thread of its own, because a reader that waits in the pool takes processor
        // time from what is measured.
        new Thread(() => Read(process.StandardOutput.BaseStream)) { IsBackground = true, Name = definition.Name }.Start();
        var messages = process.StandardError.ReadToEndAsync();
        var server = new ServerProcess(definition.Name, definition.Port, process);
        try
        {
            // What answers may also be something else, in whose way it was.
            while (!Answers(definition.Port, definition.ReadyPath) || process.HasExited)
            {
                if (process.HasExited)
                {
                    throw new BenchException(
                        $"{definition.Name} ended with {process.ExitCode} instead of starting: {(await messages).Trim()}");
                }

                if (time.GetElapsedTime(began) > Patience)
                {
                    throw new BenchException(
                        $"{definition.Name} did not answer {definition.ReadyPath} with 200 within {Patience.TotalSeconds} s.");
                }

                await Task.Delay(Between, time);
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return (server, time.GetElapsedTime(began));
    }

    /// <summary>Kills the process, if it has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // There is nothing to lose in it.
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Read(Stream stream)
    {
        try
        {
            stream.CopyTo(Stream.Null, ReadBuffer);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process has ended.
        }
    }

    private static bool Answers(int port, string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, port);
            socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            var buffer = new byte[1024];
            var read = socket.Receive(buffer);
            return buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200 "u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
