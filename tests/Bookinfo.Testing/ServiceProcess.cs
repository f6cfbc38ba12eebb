using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bookinfo.Testing;

/// <summary>One service of ours as a process of its own.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<byte[]> _lines = [];
    private readonly List<string> _errors = [];
    private Task _reading = Task.CompletedTask;

    private ServiceProcess(string name, Uri address, Process process, StdoutUse stdout)
    {
        Name = name;
        Address = address;
        _process = process;
        _process.ErrorDataReceived += (_, line) => AddError(line.Data);
        _process.BeginErrorReadLine();
        if (stdout == StdoutUse.Kept)
        {
            StartReading();
        }
        else if (stdout == StdoutUse.Closed)
        {
            _process.StandardOutput.Dispose();
        }
    }

    /// <summary>Its name in the catalog, such as <c>reviews-v2</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The lines on its standard output so far, without their ends.</summary>
    /// <exception cref="DecoderFallbackException">A line is not valid UTF-8.</exception>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines.Select(Strict.GetString)];
            }
        }
    }

    /// <summary>The lines on its standard error so far.</summary>
    public IReadOnlyList<string> ErrorLines
    {
        get
        {
            lock (_lock)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>The memory that it has resident, in bytes.</summary>
    public long ResidentBytes => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;

    /// <summary>Starts a process.</summary>
    /// <param name="name">Its name in the catalog.</param>
    /// <param name="address">Where it is going to listen.</param>
    /// <param name="start">What to start. Standard input, output and error are taken.</param>
    /// <param name="stdout">What becomes of its standard output.</param>
    /// <returns>The process, which may not be ready yet.</returns>
    internal static ServiceProcess Start(string name, Uri address, ProcessStartInfo start, StdoutUse stdout)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return new ServiceProcess(
            name, address, Process.Start(start) ?? throw new InvalidOperationException($"{name} was not started."), stdout);
    }

    /// <summary>Waits until it says that it is ready.</summary>
    /// <param name="client">What asks it.</param>
    /// <exception cref="InvalidOperationException">The process has ended instead.</exception>
    internal async Task WaitUntilReadyAsync(HttpClient client)
    {
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                using var response = await client.GetAsync(new Uri(Address, "/health/ready"));
                response.EnsureSuccessStatusCode();
                return "";
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                return _process.HasExited
                    ? throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}: {string.Join(' ', ErrorLines)}")
                    : $"{Name} is not ready: {exception.Message}";
            }
        });
    }

    /// <summary>Begins to read the standard output of a process that was started with <see cref="StdoutUse.Unread"/>.</summary>
    public void StartReading() => _reading = ReadLinesAsync();

    /// <summary>Stops it in order, by closing its standard input, and kills it when that takes too long.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Eventually.Never);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Stops it as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task ReadLinesAsync()
    {
        // As bytes: whether they are UTF-8, and where a line ends, is for the tests to judge and not for a reader that makes up for it.
        var stdout = _process.StandardOutput.BaseStream;
        var buffer = new byte[64 * 1024];
        var line = new MemoryStream();
        int count;
        while ((count = await stdout.ReadAsync(buffer)) > 0)
        {
            var rest = buffer.AsMemory(0, count);
            int end;
            while ((end = rest.Span.IndexOf((byte)'\n')) >= 0)
            {
                line.Write(rest.Span[..end]);
                Add(line.ToArray());
                line.SetLength(0);
                rest = rest[(end + 1)..];
            }

            line.Write(rest.Span);
        }

        if (line.Length > 0)
        {
            Add(line.ToArray());
        }
    }

    private void Add(byte[] line)
    {
        lock (_lock)
        {
            _lines.Add(line);
        }
    }

    private void AddError(string? line)
    {
        if (line is not null)
        {
            lock (_lock)
            {
                _errors.Add(line);
            }
        }
    }
}
