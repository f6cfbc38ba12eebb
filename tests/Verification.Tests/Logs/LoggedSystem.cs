using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>The real services, the access lines of a run of theirs in files, and its ledger.</summary>
public sealed class LoggedSystem : IAsyncLifetime
{
    private const int Requests = 300;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-logs");

    /// <summary>The lines of each service, as it wrote them.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Lines { get; private set; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What must be seen.</summary>
    internal RunExpectation Run { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await using var services = new ServiceProcesses();
        await services.StartAsync();
        var ledger = Path.Combine(_directory.FullName, "ledger");
        await KnownRun.SendAsync(services.AddressOf("productpage-v1"), ledger, Requests, rate: 200, traceSeed: 11);
        Run = new LedgerOracle(ledger).Expect(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("The lines never came.", () =>
            services.Started.Sum(process => process.Lines.Count(line => line.Contains("\"RequestFinished\"", StringComparison.Ordinal)))
            >= Run.Counts.Logged.Total.Low);
        Lines = services.Started.ToDictionary(process => process.Name, process => process.Lines);
    }

    /// <summary>Writes the lines into files of their own.</summary>
    /// <param name="edit">What is made of those of a process.</param>
    internal string Write(Func<string, IReadOnlyList<string>, IEnumerable<string>> edit)
    {
        var directory = _directory.CreateSubdirectory(Path.GetRandomFileName());
        foreach (var (process, lines) in Lines)
        {
            File.WriteAllLines(Path.Combine(directory.FullName, $"{process}.log"), edit(process, lines));
        }

        return directory.FullName;
    }

    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
