using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.Verification;

[assembly: AssemblyFixture(typeof(Wire.Tests.WireSystem))]

namespace Wire.Tests;

/// <summary>
/// The processes that the checks are run against. Either ones that are there already, at the addresses in
/// <c>BOOKINFO_WIRE_DETAILS_V1</c>, <c>BOOKINFO_WIRE_REVIEWS_V2</c> and so on (services of anybody, such as the originals), or our own,
/// which are started here: under the JIT, or with <c>BOOKINFO_WIRE_MODE=native</c> the published executables.
/// </summary>
public sealed class WireSystem : IAsyncLifetime
{
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly AppClient _client = new(Eventually.Never, insecure: false, TimeProvider.System);
    private ServiceProcesses? _processes;

    /// <summary>A client for what the contract's list does not have.</summary>
    public HttpClient Client { get; } = new() { Timeout = Eventually.Never };

    /// <summary>Whether the processes were started here, and so are ours.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>The address of a process. Checks of a process that nobody gave an address for are skipped, and say so.</summary>
    /// <param name="name">Its name in the catalog, such as <c>reviews-v2</c>.</param>
    public Uri this[string name]
    {
        get
        {
            Assert.SkipUnless(_addresses.ContainsKey(name), $"{VariableOf(name)} is not set.");
            return _addresses[name];
        }
    }

    /// <summary>Asks a process.</summary>
    /// <param name="name">Its name in the catalog.</param>
    public AppProbe ProbeOf(string name) =>
        new(_client, this[name], AppProbe.FirstIdAt(TimeProvider.System), TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        foreach (var version in versions)
        {
            if (Environment.GetEnvironmentVariable(VariableOf(version.Name)) is { Length: > 0 } address)
            {
                _addresses[version.Name] = new Uri(address);
            }
        }

        if (_addresses.Count > 0)
        {
            return;
        }

        IsOurs = true;
        _processes = new ServiceProcesses(native: Environment.GetEnvironmentVariable("BOOKINFO_WIRE_MODE") == "native");
        foreach (var version in versions)
        {
            _addresses[version.Name] = _processes.AddressOf(version.Name);
        }

        try
        {
            await _processes.StartAsync();
        }
        catch
        {
            // A fixture that was never there is not disposed either.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _client.Dispose();
        if (_processes is not null)
        {
            await _processes.DisposeAsync();
        }
    }

    private static string VariableOf(string name) => "BOOKINFO_WIRE_" + name.ToUpperInvariant().Replace('-', '_');
}
