using System.ComponentModel;
using System.Diagnostics;

namespace Bookinfo.Foundation;

/// <summary>
/// A child process. It is held by its handle, never by a number that may belong to another process by now; its output goes to a log; and
/// its standard input stays open until it is to stop.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The tool that starts a program in a session of its own (util-linux). A terminal sends Ctrl-C to all processes of its group; this
    /// process decides in which order the others end, so they must not receive it themselves. Where the tool is missing, they all end at
    /// once.
    /// </summary>
    private static readonly string? SetSid = OperatingSystem.IsLinux() ? FindTool("setsid") : null;

    private readonly Process _process;

    private ChildProcess(Process process, ProcessLog log, TimeProvider time)
    {
        _process = process;
        Pid = process.Id;
        var copies = Task.WhenAll(log.CopyAsync(process.StandardOutput.BaseStream), log.CopyAsync(process.StandardError.BaseStream));
        Exited = WaitAsync(process, copies, time);
    }

    /// <summary>The program that runs assemblies and builds projects: the one that runs this process.</summary>
    public static string DotNet { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>The process id, for display only.</summary>
    public int Pid { get; }

    /// <summary>Completes with the exit code when the process has ended and all of its output is in the log.</summary>
    public Task<int> Exited { get; }

    /// <summary>The memory that the process occupies, in bytes; <see langword="null"/> when it has ended.</summary>
    public long? ResidentBytes
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.HasExited ? null : _process.WorkingSet64;
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
            {
                return null;
            }
        }
    }

    /// <summary>Whether a process can be started in a session of its own, out of reach of the terminal's Ctrl-C.</summary>
    public static bool HasSessions => SetSid is not null;

    /// <summary>Finds a program in the directories of <c>PATH</c>, as a shell does: files that cannot be executed are skipped.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The full path, or <see langword="null"/>.</returns>
    public static string? FindTool(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(IsProgram);

    /// <summary>How to start a program out of reach of the terminal's Ctrl-C, with its input and output redirected.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo InOwnSession(string fileName, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(SetSid ?? fileName, SetSid is null ? arguments : arguments.Prepend(fileName))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (OperatingSystem.IsWindows())
        {
            start.CreateNewProcessGroup = true;
        }

        return start;
    }

    /// <summary>Starts a process.</summary>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">All of its environment; <see langword="null"/> for that of this process.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        string directory,
        ProcessLog log,
        TimeProvider time)
    {
        var start = InOwnSession(fileName, arguments);
        start.WorkingDirectory = directory;
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        return new ChildProcess(Process.Start(start)!, log, time);
    }

    /// <summary>Closes the standard input of the process, which asks it to stop.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    /// <summary>Kills the process and everything that it has started, at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static bool IsProgram(string file) => File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static async Task<int> WaitAsync(Process process, Task copies, TimeProvider time)
    {
        await process.WaitForExitAsync();
        try
        {
            await copies.WaitAsync(LastWords, time);
        }
        catch (TimeoutException)
        {
            // Something that it started still holds its output open.
        }

        return process.ExitCode;
    }
}
