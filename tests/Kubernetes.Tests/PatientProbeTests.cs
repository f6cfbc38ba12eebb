using System.Collections.Concurrent;
using System.Net;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Kubernetes.Tests;

/// <summary>Nodes that take a while to learn of pods, on a clock that the test moves.</summary>
public sealed class PatientProbeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly Clock _time = new();
    private readonly ConcurrentQueue<string> _said = [];

    [Fact]
    public async Task A_node_that_answers_late_is_found()
    {
        using var nodes = new Nodes(_time)
        {
            ["http://one/"] = _ => 200,
            ["http://two/"] = passed => passed < TimeSpan.FromSeconds(20) ? null : 200,
        };

        var found = await FindAsync(nodes, ("one", ["http://one/"]), ("two", ["http://two/"]));

        Assert.Equal([("one", "http://one/", null), ("two", "http://two/", null)], found);
        Assert.Equal(["two"], _said);
        Assert.Equal(1, nodes.Asked("http://one/"));
    }

    [Fact]
    public async Task A_node_is_given_up_only_when_it_has_had_its_time()
    {
        using var nodes = new Nodes(_time) { ["http://one/"] = _ => null };

        Assert.Equal([("one", null, null)], await FindAsync(nodes, ("one", ["http://one/"])));
        Assert.Equal(Patience, _time.Passed);
        Assert.Equal(["one"], _said);
    }

    [Fact]
    public async Task A_node_that_answers_at_once_is_not_waited_for()
    {
        using var nodes = new Nodes(_time) { ["http://one/"] = _ => 200 };

        Assert.Equal([("one", "http://one/", null)], await FindAsync(nodes, ("one", ["http://one/"])));
        Assert.Empty(_said);
    }

    [Fact]
    public async Task One_address_of_a_node_is_enough()
    {
        using var nodes = new Nodes(_time) { ["http://silent/"] = _ => Nodes.Hangs, ["http://good/"] = _ => 200 };

        Assert.Equal([("one", "http://good/", null)], await FindAsync(nodes, ("one", ["http://silent/", "http://good/"])));
    }

    [Fact]
    public async Task A_wrong_answer_is_waited_out_and_told_of_when_it_stays()
    {
        using var nodes = new Nodes(_time)
        {
            ["http://one/"] = passed => passed < TimeSpan.FromSeconds(4) ? 503 : 200,
            ["http://two/"] = _ => 503,
        };

        Assert.Equal(
            [("one", "http://one/", null), ("two", null, "http://two/: it answers 503")],
            await FindAsync(nodes, ("one", ["http://one/"]), ("two", ["http://two/"])));
    }

    [Fact]
    public async Task A_node_without_an_address_is_not_asked() =>
        Assert.Equal([("one", null, null)], await FindAsync(new Nodes(_time), ("one", [])));

    /// <summary>Something else may have the port: a download, a camera.</summary>
    [Fact]
    public async Task An_answer_without_an_end_is_not_read_to_its_end()
    {
        await using var server = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"u8.ToArray(), cancellationToken);
            var piece = new byte[64 * 1024];
            while (true)
            {
                await stream.WriteAsync(piece, cancellationToken);
            }
        });
        using var client = PatientProbe.CreateClient(TimeSpan.FromHours(1));
        var probe = new PatientProbe(client, static (_, _) => null, TimeSpan.Zero, _said.Enqueue, TimeProvider.System);

        var found = await probe.FindAsync([("one", [$"{server.Address}"])], TestContext.Current.CancellationToken);

        Assert.Equal([("one", null, $"{server.Address}: its answer is longer than 4 MiB")], found);
    }

    private async Task<IReadOnlyList<(string, string?, string?)>> FindAsync(Nodes nodes, params (string, IReadOnlyList<string>)[] places)
    {
        using var client = new HttpClient(nodes, disposeHandler: false);
        var probe = new PatientProbe(
            client, static (status, _) => status == 200 ? null : $"it answers {status}", Patience, _said.Enqueue, _time);
        var finding = probe.FindAsync(places, TestContext.Current.CancellationToken);
        while (!finding.IsCompleted)
        {
            if (_time.Waits > 0)
            {
                _time.Advance(Step);
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return await finding;
    }

    /// <summary>A clock that knows whether the next question is waited for.</summary>
    private sealed class Clock : FakeTimeProvider
    {
        private int _waits;

        public int Waits => Volatile.Read(ref _waits);

        public TimeSpan Passed => GetUtcNow() - Start;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isWait = dueTime == Step;
            var timer = base.CreateTimer(isWait ? Fire : callback, state, dueTime, period);
            if (isWait)
            {
                Interlocked.Increment(ref _waits);
            }

            return timer;

            void Fire(object? fired)
            {
                Interlocked.Decrement(ref _waits);
                callback(fired);
            }
        }
    }

    /// <summary>Answers as a table says: for the time that has passed the status, or nothing, which is a refused connection.</summary>
    private sealed class Nodes(Clock time) : HttpMessageHandler
    {
        public const int Hangs = -1;

        private readonly Dictionary<string, Func<TimeSpan, int?>> _answers = [];
        private readonly ConcurrentDictionary<string, int> _asked = [];

        public Func<TimeSpan, int?> this[string address]
        {
            set => _answers[address] = value;
        }

        public int Asked(string address) => _asked[address];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!.ToString();
            _asked.AddOrUpdate(address, 1, static (_, asked) => asked + 1);
            var status = _answers[address](time.Passed);
            if (status == Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return status is { } known ? new HttpResponseMessage((HttpStatusCode)known) : throw new HttpRequestException("refused");
        }
    }
}
