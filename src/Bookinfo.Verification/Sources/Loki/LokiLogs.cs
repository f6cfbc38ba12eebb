using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>The lines of logs in a Grafana Loki, by its HTTP API.</summary>
/// <param name="address">Where its API is.</param>
/// <param name="query">LogQL for the lines of Bookinfo, such as <see cref="UsualQuery"/>.</param>
/// <param name="tenant">Whose lines, in one that keeps those of several; <see langword="null"/> in one that does not.</param>
public sealed class LokiLogs(Uri address, string query, string? tenant = null) : ILogStore
{
    /// <summary>What selects the lines of Bookinfo where agents name streams by the namespace of the pod, as they usually do.</summary>
    public const string UsualQuery = """{namespace="bookinfo"}""";

    /// <summary>As many lines as Loki gives at most, unless it is told otherwise.</summary>
    private const int MostLines = 5000;

    private const int FewestLines = 100;

    private readonly JsonClient _client = new(address, "Loki")
    {
        Tenant = tenant,
        WhenUnauthorized = $"{JsonClient.Unauthorized}, or name the tenant with --tenant",
    };

    private int _limit = MostLines;

    /// <inheritdoc/>
    public string Name => $"{_client.Name}, {query}";

    /// <inheritdoc/>
    public IEnumerable<string> Notes =>
    [
        _client.NotTried,
        "Loki keeps equal lines of the same nanosecond once, so a line that was shipped twice with its own time does not show.",
    ];

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync($"/loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&limit=1", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        var window = LogWindow.Of(run);
        var count = string.Create(
            CultureInfo.InvariantCulture, $"sum(count_over_time({query} [{Math.Ceiling(window.Length.TotalSeconds)}s]))");
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/loki/api/v1/query?query={Uri.EscapeDataString(count)}&time={LogWindow.Nanoseconds(window.To)}");
        using var answer = await AskAsync(path, cancellationToken);
        // Without lines there is no sum.
        return _client.Read(path, () => Result(answer).EnumerateArray().Sum(sum => long.Parse(
            sum.GetProperty("value").EnumerateArray().Last().GetText(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = LogWindow.Of(run);
        var (from, to) = (LogWindow.Nanoseconds(window.From), LogWindow.Nanoseconds(window.To));
        // Lines of the nanosecond at which an answer ends may be missing in it, so the next one begins with that nanosecond.
        var known = new HashSet<LokiLine>();
        while (true)
        {
            var lines = await ReadPageAsync(from, to, cancellationToken);
            var isNew = false;
            foreach (var line in lines)
            {
                if (!known.Contains(line))
                {
                    isNew = true;
                    yield return line.Text;
                }
            }

            // An answer may be shorter than its limit because the server has another one: it is over when nothing more comes.
            if (!isNew)
            {
                if (lines.Count >= _limit)
                {
                    throw new OperationFailedException(
                        FailureKind.Failed,
                        $"{_client.Name} has more lines of the nanosecond {from} than it gives ({_limit}), so some cannot be seen. Name "
                        + "less than all streams.");
                }

                yield break;
            }

            var last = lines[^1].Time;
            if (last != from)
            {
                known.Clear();
            }

            from = last;
            known.UnionWith(lines.Where(line => line.Time == last));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static JsonElement Result(JsonDocument answer) => answer.RootElement.GetProperty("data").GetProperty("result");

    /// <summary>The first lines of a time, in its order.</summary>
    private async Task<List<LokiLine>> ReadPageAsync(long from, long to, CancellationToken cancellationToken)
    {
        while (true)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"/loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={from}&end={to}&limit={_limit}&direction=forward");
            var (answer, refusal) = await _client.TryAsync(path, cancellationToken);
            using (answer)
            {
                if (answer is not null)
                {
                    return _client.Read(path, () => ReadLines(answer, from).OrderBy(line => line.Time).ToList());
                }
            }

            // It may have been told to give fewer lines.
            if (!refusal.Contains("max entries limit", StringComparison.OrdinalIgnoreCase) || _limit / 2 < FewestLines)
            {
                throw Refused(refusal);
            }

            _limit /= 2;
        }
    }

    private static IEnumerable<LokiLine> ReadLines(JsonDocument answer, long begin) =>
        from stream in Result(answer).EnumerateArray()
        let labels = stream.GetProperty("stream").GetRawText()
        from value in stream.GetProperty("values").EnumerateArray()
        select ReadLine(value, labels, begin);

    private static LokiLine ReadLine(JsonElement value, string labels, long begin)
    {
        var time = long.Parse(value[0].GetText(), NumberStyles.None, CultureInfo.InvariantCulture);
        // One that begins at the same line each time would be asked for ever.
        return time >= begin
            ? new LokiLine(time, labels, value[1].GetText())
            : throw new JsonException("it has a line from before the time that it was asked for");
    }

    private async Task<JsonDocument> AskAsync(string path, CancellationToken cancellationToken)
    {
        var (answer, refusal) = await _client.TryAsync(path, cancellationToken);
        if (answer is null)
        {
            throw Refused(refusal);
        }

        _client.Read(path, () => Result(answer).ValueKind);
        return answer;
    }

    private OperationFailedException Refused(string why) =>
        new(FailureKind.InvalidRequest, $"{_client.Name} refuses '{query}': {why}.");

    /// <summary>A line, which is another one in another stream.</summary>
    private readonly record struct LokiLine(long Time, string Labels, string Text);
}
