using Bookinfo.Measurement;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The real services with their access logs in files, and proxies: in front of each for who checks the application, and one between
/// productpage and details.
/// </summary>
public sealed class CheckedSystem : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ServiceProcesses _services = new();
    private readonly Dictionary<string, AppProxy> _proxies = [];
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("bookinfo-app");
    private readonly CancellationTokenSource _ending = new();
    private Task _writing = Task.CompletedTask;

    /// <summary>The proxy through which productpage calls details.</summary>
    internal AppProxy BeforeDetails { get; private set; } = null!;

    /// <summary>The application as it is checked.</summary>
    internal AppTarget Target => new(
        _proxies[AppContract.Page].Address, _proxies.ToDictionary(proxy => proxy.Key, proxy => (Uri?)proxy.Value.Address))
    {
        Shares = VersionShares.OfWeights([new("v1", 1), new("v2", 1), new("v3", 1)]),
        Logs = _logs.FullName,
    };

    /// <summary>The proxy in front of a process.</summary>
    /// <param name="process">The process.</param>
    internal AppProxy this[string process] => _proxies[process];

    public async ValueTask InitializeAsync()
    {
        try
        {
            BeforeDetails = await AppProxy.StartAsync(_services.AddressOf("details-v1"));
            _services.CallInstead("details-v1", BeforeDetails.Address);
            foreach (var process in AppContract.Processes)
            {
                _proxies.Add(process, await AppProxy.StartAsync(_services.AddressOf(process)));
                await File.WriteAllTextAsync(FileOf(process), "");
            }

            await _services.StartAsync();
            _writing = WriteLinesAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Checks the application.</summary>
    /// <param name="target">The application; as it is when it is not said.</param>
    /// <param name="views">How many pages are loaded to see which versions they come from.</param>
    internal async Task<SignalResult> CheckAsync(AppTarget? target = null, int views = 30) =>
        (await new AppVerification(target ?? Target, Eventually.Never, TimeProvider.System) { Views = views }.RunAsync(
            static _ => { }, TestContext.Current.CancellationToken)).Signal;

    /// <summary>Ends whatever is spoiled.</summary>
    internal void Mend()
    {
        foreach (var proxy in _proxies.Values.Append(BeforeDetails))
        {
            (proxy.SpoilRequest, proxy.SpoilAnswer) = (null, null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _writing;
        foreach (var proxy in _proxies.Values.Append(BeforeDetails).OfType<AppProxy>())
        {
            await proxy.DisposeAsync();
        }

        await _services.DisposeAsync();
        _ending.Dispose();
        _logs.Delete(recursive: true);
    }

    private string FileOf(string process) => Path.Combine(_logs.FullName, $"{process}.log");

    /// <summary>Writes what the processes log, as <c>up</c> does.</summary>
    private async Task WriteLinesAsync()
    {
        var written = _services.Started.ToDictionary(process => process.Name, _ => 0);
        while (!_ending.IsCancellationRequested)
        {
            foreach (var process in _services.Started)
            {
                var lines = process.Lines;
                await File.AppendAllLinesAsync(FileOf(process.Name), lines.Skip(written[process.Name]));
                written[process.Name] = lines.Count;
            }

            await Task.Delay(Pause, TimeProvider.System).WaitAsync(_ending.Token).ContinueWith(
                static _ => { }, TaskScheduler.Default);
        }
    }
}
