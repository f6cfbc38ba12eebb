using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Scenarios.Tests;

/// <summary>The management port of a service, without the service: what was set, and nothing that happens by it.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();

    private FakeService(string version)
    {
        Version = version;
        _app = LoopbackApp.Build(AnswerAsync);
    }

    public string Version { get; }

    /// <summary>Its address, also when it has ended.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>When it says that it was started.</summary>
    public DateTimeOffset StartedAt { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The status of answers, when it is not to answer as it should.</summary>
    public int? Fails { get; set; }

    /// <summary>What it then says.</summary>
    public string Refusal { get; set; } = """{"error":"rules[0].delay must have fixedDelay"}""";

    /// <summary>The only method of which it does not answer as it should, if not all.</summary>
    public string? FailingMethod { get; set; }

    /// <summary>Is told the method of each request before it is answered, when what it asks for is done.</summary>
    public Func<string, Task> Answering { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Is told the method of each request before anything is done.</summary>
    public Func<string, Task> Receiving { get; set; } = static _ => Task.CompletedTask;

    /// <summary>The sets that it has.</summary>
    public Dictionary<string, FaultRequest> Sets { get; } = [];

    /// <summary>How often a set was given to it.</summary>
    public int Given { get; private set; }

    /// <summary>Whether it is reached in a roundabout way.</summary>
    public bool IsForwarded { get; set; }

    public FaultTarget Target => new(Version, Version.Split('-')[0], Version, Address) { IsForwarded = IsForwarded };

    public static async Task<FakeService> StartAsync(string version)
    {
        var service = new FakeService(version);
        await service._app.StartAsync();
        service.Address = RunningSystem.AddressOf(service._app);
        return service;
    }

    /// <summary>It ends and begins anew, without what it had.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            Sets.Clear();
            StartedAt += TimeSpan.FromMinutes(1);
        }
    }

    public bool Has(string set)
    {
        lock (_lock)
        {
            return Sets.ContainsKey(set);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (Fails is { } status && (FailingMethod is null || FailingMethod == context.Request.Method))
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(Refusal);
            return;
        }

        await Receiving(context.Request.Method);
        var set = Path.GetFileName(context.Request.Path.Value!);
        var request = context.Request.Method == "PUT"
            ? await JsonSerializer.DeserializeAsync(context.Request.Body, FaultJson.Default.FaultRequest)
            : null;
        string answer;
        lock (_lock)
        {
            if (request is not null)
            {
                FaultRuleReader.Read(request.Rules, "rules");
                Sets[set] = request;
                Given++;
            }
            else if (context.Request.Method == "DELETE" && !Sets.Remove(set))
            {
                context.Response.StatusCode = 404;
            }

            answer = JsonSerializer.Serialize(
                new FaultStatus(
                    Target.Service, Version, Version, StartedAt,
                    [
                        .. Sets.Keys.Select(name => new FaultSetStatus(
                            name, name == "own" ? "file" : FaultSetStatus.ManagementSource, 30, [])),
                    ]),
                FaultJson.Default.FaultStatus);
        }

        await Answering(context.Request.Method);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer);
    }
}

/// <summary>Some of them as a Bookinfo.</summary>
internal sealed class FakeTargets(params IEnumerable<FakeService> services) : IFaultTargets
{
    /// <summary>Those that there are now; others may come.</summary>
    public List<FakeService> Services { get; } = [.. services];

    public string Description => "the test";

    public Uri? Prometheus => null;

    /// <summary>Why they cannot be found now.</summary>
    public OperationFailedException? Failure { get; set; }

    public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Services.Count);

    public Task<IReadOnlyList<FaultTarget>> FindAsync(IReadOnlyCollection<string>? services, CancellationToken cancellationToken) =>
        Failure is null
            ? Task.FromResult<IReadOnlyList<FaultTarget>>(
                [.. Services.Select(service => service.Target).Where(target => services is null || target.IsOneOf(services))])
            : Task.FromException<IReadOnlyList<FaultTarget>>(Failure);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
