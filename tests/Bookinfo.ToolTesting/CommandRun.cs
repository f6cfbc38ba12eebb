using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bookinfo.Supervision;
using Bookinfo.Testing;

namespace Bookinfo.ToolTesting;

/// <summary>
/// A program run as a user runs it, in a session and process group of its own as a terminal gives it. What it has started, and what of that
/// has survived it, is found and, when the test is over, ended.
/// </summary>
public sealed class CommandRun : IAsyncDisposable
{
    /// <summary>Inherited by everything that it starts but for what gets an environment of its own.</summary>
    private const string Mark = "BOOKINFO_TEST_RUN";

    /// <summary>Twice as long as two signals count as one.</summary>
    private static readonly TimeSpan KeyPress = TimeSpan.FromMilliseconds(200);

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

    /// <summary>
    /// The processes that it has started, itself included, and that have not ended: of those below this process, whose children all become
    /// that lose their parents, those of its session or with its mark, and what these have started. What hides from both, the supervisor
    /// finds when the tests are over.
    /// </summary>
    public IReadOnlyList<RunningProcess> Alive
    {
        get
        {
            var all = RunningProcess.All();
            var its = RunningProcess.Descendants(Environment.ProcessId, all).Where(
                process => process.Session == Pid || process.HasEnvironment($"{Mark}={_mark}"));
            return [.. its.SelectMany(process => RunningProcess.Descendants(process.Pid, all).Prepend(process)).Distinct()];
        }
    }

    /// <summary>The tool without its launcher, which has tests of its own.</summary>
    public static string ToolAssembly { get; } = Path.Combine(
        WorkingCopy.Root, "artifacts", "bin", "Bookinfo.Cli", "release", "bookinfo.dll");

    /// <summary>Starts the launcher of this working copy.</summary>
    public static CommandRun Bookinfo(params string[] arguments) => Start(Path.Combine(WorkingCopy.Root, "bookinfo"), arguments);

    public static CommandRun Start(
        string program, string[] arguments, string? directory = null, Dictionary<string, string>? environment = null)
    {
        // A directory from which nothing is found by accident, and no signal that is ignored, as SIGHUP is in all that nohup has started.
        var start = new ProcessStartInfo("setsid", ["/usr/bin/env", "--default-signal", program, .. arguments])
        {
            WorkingDirectory = directory ?? "/",
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new CommandRun(start);
    }

    /// <summary>Waits for its end, for as long as it works.</summary>
    public async Task<int> ExitAsync()
    {
        await UntilAsync("It still runs.", () => _process.HasExited && _reading.IsCompleted);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Waits for a line of its output that has not been taken before, for as long as it works.</summary>
    public async Task<string> LineAsync(Func<string, bool> isIt)
    {
        string? found = null;
        await UntilAsync("The line did not come.", () =>
        {
            var ended = _process.HasExited && _reading.IsCompleted;
            var text = Output;
            var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            while (found is null && _linesTaken < lines.Length)
            {
                var line = lines[_linesTaken++];
                found = isIt(line) ? line : null;
            }

            Assert.False(found is null && ended, $"It ended without the line.\n{this}");
            return found is not null;
        });
        return found!;
    }

    /// <summary>Waits for a text in its messages, for as long as it works.</summary>
    public Task MessageAsync(string text) => UntilAsync($"'{text}' did not come.", () =>
    {
        var ended = _process.HasExited && _reading.IsCompleted;
        var found = Messages.Contains(text, StringComparison.Ordinal);
        Assert.False(ended && !found, $"It ended without '{text}'.\n{this}");
        return found;
    });

    /// <summary>Waits for something that it does, for as long as it works.</summary>
    public Task DoesAsync(string what, Func<bool> isDone) => UntilAsync($"{what} did not come.", () =>
    {
        var ended = _process.HasExited && _reading.IsCompleted;
        var done = isDone();
        Assert.False(ended && !done, $"It ended without {what}.\n{this}");
        return done;
    });

    /// <summary>Waits for an event of <c>up --output json</c>, for as long as it works.</summary>
    public async Task<JsonElement> EventAsync(Func<JsonElement, bool> isIt) => Parse(await LineAsync(line => isIt(Parse(line))));

    public Task<JsonElement> ReadyAsync() => EventAsync(status => status.GetProperty("event").GetString() == "ready");

    public Task<JsonElement> ChangeAsync(string service, string state) => EventAsync(status =>
        status.GetProperty("services")[0] is var changed
        && changed.GetProperty("service").GetString() == service
        && changed.GetProperty("state").GetString() == state);

    /// <summary>Sends a signal to the program alone.</summary>
    public Task SignalAsync(string signal) => Signal.SendAsync(signal, Pid);

    /// <summary>Sends a signal to its process group, as the terminal does for Ctrl-C.</summary>
    public Task SignalGroupAsync(string signal) => Signal.SendAsync(signal, -Pid);

    /// <summary>
    /// Presses Ctrl-C again: late enough that it does not count as the same key press, which wrappers and the terminal both tell of.
    /// </summary>
    public async Task InterruptAgainAsync()
    {
        await Task.Delay(KeyPress, TimeProvider.System);
        await SignalGroupAsync("INT");
    }

    public Task NothingSurvivesAsync() =>
        Eventually.HoldsAsync(() => Alive is { Count: > 0 } alive ? $"the end of {string.Join(", ", alive)}" : "");

    public async ValueTask DisposeAsync()
    {
        // Whatever the test did, nothing stays behind.
        await Eventually.HoldsAsync(() =>
        {
            var alive = Alive;
            foreach (var process in alive)
            {
                process.Kill();
            }

            return alive.Count == 0 ? "" : $"the end of {string.Join(", ", alive)}";
        });
        _process.Dispose();
    }

    public override string ToString() => $"stdout:\n{Output}\nstderr:\n{Messages}";

    private Task UntilAsync(string problem, Func<bool> holds) => Eventually.HoldsAsync(
        () => holds() ? "" : $"{problem}\n{this}",
        progress: () => (Output.Length, Messages.Length, Alive.Sum(process => process.Ticks)));

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
