using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bookinfo.Testing;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// A program run as a user runs it, in a process group of its own as a terminal gives it one. Everything that it starts inherits a mark,
/// by which what has survived it is found and, when a test fails, ended.
/// </summary>
internal sealed class CommandRun : IAsyncDisposable
{
    private const string Mark = "BOOKINFO_TEST_RUN";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _messages = new();
    private readonly Task _reading;
    private int _linesTaken;

    private CommandRun(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment[Mark] = _mark;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _output), ReadAsync(_process.StandardError, _messages));
    }

    public int Pid => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    public string Output => Text(_output);

    public string Messages => Text(_messages);

    /// <summary>The processes that it has started, itself included, and that have not ended.</summary>
    public IReadOnlyList<RunningProcess> Alive => [.. RunningProcess.All().Where(process => process.HasEnvironment($"{Mark}={_mark}"))];

    /// <summary>Starts the launcher of this working copy.</summary>
    public static CommandRun Bookinfo(params string[] arguments) => Start(Path.Combine(WorkingCopy.Root, "bookinfo"), arguments);

    public static CommandRun Start(
        string program, string[] arguments, string? directory = null, Dictionary<string, string>? environment = null)
    {
        // A directory from which nothing is found by accident.
        var start = new ProcessStartInfo("setsid", [program, .. arguments]) { WorkingDirectory = directory ?? "/" };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new CommandRun(start);
    }

    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(patience ?? Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It still runs.\n{this}");
        }

        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits for a line of its output that has not been taken before.</summary>
    public async Task<string> LineAsync(Func<string, bool> isIt, TimeSpan? patience = null)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (true)
        {
            var ended = _process.HasExited && _reading.IsCompleted;
            var text = Output;
            var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (; _linesTaken < lines.Length; _linesTaken++)
            {
                if (isIt(lines[_linesTaken]))
                {
                    return lines[_linesTaken++];
                }
            }

            Assert.False(ended, $"It ended without the line.\n{this}");
            Assert.True(time.GetElapsedTime(started) < (patience ?? Patience), $"The line did not come.\n{this}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for an event of <c>up --output json</c>.</summary>
    public async Task<JsonElement> EventAsync(Func<JsonElement, bool> isIt, TimeSpan? patience = null) =>
        Parse(await LineAsync(line => isIt(Parse(line)), patience));

    public Task<JsonElement> ReadyAsync(TimeSpan? patience = null) =>
        EventAsync(status => status.GetProperty("event").GetString() == "ready", patience);

    public Task<JsonElement> ChangeAsync(string service, string state) => EventAsync(status =>
        status.GetProperty("services")[0] is var changed
        && changed.GetProperty("service").GetString() == service
        && changed.GetProperty("state").GetString() == state);

    /// <summary>Sends a signal to the program alone.</summary>
    public Task SignalAsync(string signal) => Signal.SendAsync(signal, Pid);

    /// <summary>Sends a signal to its process group, as the terminal does for Ctrl-C.</summary>
    public Task SignalGroupAsync(string signal) => Signal.SendAsync(signal, -Pid);

    public Task NothingSurvivesAsync() => Eventually.HoldsAsync($"the end of {string.Join(", ", Alive)}", () => Alive.Count == 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Alive)
        {
            // Whatever the test did, nothing stays behind. The mark, not a number noted earlier, says that it is ours.
            await Signal.SendAsync("KILL", process.Pid);
        }

        _process.Dispose();
    }

    public override string ToString() => $"stdout:\n{Output}\nstderr:\n{Messages}";

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            lock (text)
            {
                text.Append(buffer, 0, read);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
