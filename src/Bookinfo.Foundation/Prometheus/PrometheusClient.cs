using System.Globalization;
using System.Text.Json;

namespace Bookinfo.Foundation;

/// <summary>Asks a Prometheus, or whatever else has its HTTP API.</summary>
/// <param name="address">Its address; the path of the API is added to it.</param>
public sealed class PrometheusClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan HalfSecond = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LargestDifference = TimeSpan.FromSeconds(2);

    /// <summary>Far more than five minutes of the counters of a cluster take.</summary>
    private const int LongestAnswer = 64 * 1024 * 1024;

    /// <summary>
    /// The beginning of 3000, in seconds since 1970. Whatever is counted from one time to another, and added to a third, stays a date then.
    /// </summary>
    private const double LatestSeconds = 32_503_680_000;

    /// <summary>The proxy of the environment leads to other machines, and not to this one.</summary>
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = !Loopback.Is(address), ConnectTimeout = Patience })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>What time the last answer was given, to the second.</summary>
    private DateTimeOffset? _date;

    /// <summary>Its address.</summary>
    public Uri Address => address;

    /// <summary>Evaluates an expression now.</summary>
    /// <param name="expression">PromQL that gives a vector or a number.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values of all series.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or refuses the expression.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression, CancellationToken cancellationToken) =>
    [
        .. await AskAsync(expression, at: null, static data => data.GetProperty("resultType").GetString() switch
        {
            "vector" => data.GetProperty("result").EnumerateArray().Select(series => Number(series.GetProperty("value"))).ToList(),
            "scalar" => [Number(data.GetProperty("result"))],
            _ => null,
        }, "it must give a vector or a number", cancellationToken),
    ];

    /// <summary>Evaluates an expression at some time.</summary>
    /// <param name="expression">PromQL that gives a vector, or the samples of a range as they were scraped (<c>name[5m]</c>).</param>
    /// <param name="at">The time.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The series, with their samples in the order of time.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or refuses the expression.</exception>
    public async Task<IReadOnlyList<PrometheusSeries>> QuerySeriesAsync(
        string expression, DateTimeOffset at, CancellationToken cancellationToken) =>
        await AskAsync(expression, at, static data => data.GetProperty("resultType").GetString() switch
        {
            "vector" => ReadSeries(data, static series => [Point(series.GetProperty("value"))]),
            "matrix" => ReadSeries(data, static series => [.. series.GetProperty("values").EnumerateArray().Select(Point)]),
            _ => null,
        }, "it must give a vector or a range", cancellationToken);

    /// <summary>What time it has.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    /// <remarks>
    /// <c>time()</c> is exact in a Prometheus. Others evaluate what they are asked for at an earlier time than now (VictoriaMetrics: 30 s
    /// ago), and then the head of the answer says what time it is, to the second.
    /// </remarks>
    public async Task<PrometheusClock> NowAsync(CancellationToken cancellationToken)
    {
        if (await QueryAsync("time()", cancellationToken) is not [var seconds] || !IsTime(seconds))
        {
            throw NoAnswer(new JsonException("it does not tell what time it has"));
        }

        var evaluated = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return _date + HalfSecond is { } date && (date - evaluated).Duration() > LargestDifference
            ? new PrometheusClock(date, HalfSecond)
            : new PrometheusClock(evaluated, TimeSpan.Zero);
    }

    /// <summary>Its version.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> if it does not tell.</returns>
    public async Task<string?> FindVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            var json = await GetAsync("status/buildinfo", cancellationToken);
            return json.GetProperty("data").GetProperty("version").GetString();
        }
        catch (Exception exception) when (ApiAnswer.IsMissing(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Finds its alert rules.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not tell.</exception>
    public async Task<IReadOnlyList<PrometheusAlertRule>> FindAlertRulesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var json = await GetAsync("rules?type=alert", cancellationToken);
            return
            [
                .. json.GetProperty("data").GetProperty("groups").EnumerateArray()
                    .SelectMany(group => group.GetProperty("rules").EnumerateArray())
                    .Where(rule => rule.GetProperty("type").GetString() == "alerting")
                    .Select(rule => new PrometheusAlertRule(
                        rule.GetProperty("name").GetText(),
                        rule.TryGetProperty("labels", out var labels) ? ReadLabels(labels) : new Dictionary<string, string>(),
                        rule.TryGetProperty("lastError", out var error) ? error.GetText() : "")),
            ];
        }
        catch (Exception exception) when (ApiAnswer.IsMissing(exception, cancellationToken))
        {
            throw NoAnswer(exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Asks for something. Whatever the head of the answer says of that, it is in UTF-8.</summary>
    private async Task<JsonElement> GetAsync(string what, CancellationToken cancellationToken) =>
        JsonElement.Parse(await _client.GetByteArrayAsync(Api(what), cancellationToken));

    private async Task<T> AskAsync<T>(
        string expression, DateTimeOffset? at, Func<JsonElement, T?> read, string allowed, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            List<KeyValuePair<string, string>> fields = [new("query", expression)];
            if (at is { } time)
            {
                fields.Add(new("time", (time.ToUnixTimeMilliseconds() / 1e3).ToString("0.000", CultureInfo.InvariantCulture)));
            }

            using var question = new FormUrlEncodedContent(fields);
            using var answer = await _client.PostAsync(Api("query"), question, cancellationToken);
            _date = answer.Headers.Date is { } date && IsTime(date.ToUnixTimeSeconds()) ? date : null;
            var json = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            if (json.GetProperty("status").GetString() != "success")
            {
                throw new OperationFailedException(
                    FailureKind.InvalidRequest,
                    $"Prometheus refuses '{expression}': {json.GetProperty("error").GetString()}");
            }

            var data = json.GetProperty("data");
            return read(data) ?? throw new OperationFailedException(
                FailureKind.InvalidRequest, $"'{expression}' gives a {data.GetProperty("resultType").GetString()}: {allowed}.");
        }
        catch (Exception exception) when (ApiAnswer.IsMissing(exception, cancellationToken))
        {
            throw NoAnswer(exception);
        }
    }

    private OperationFailedException NoAnswer(Exception exception) => new(
        FailureKind.TargetUnreachable, $"no Prometheus answers at {address}: {ApiAnswer.Describe(exception)}.");

    private Uri Api(string what) => new($"{address.AbsoluteUri.TrimEnd('/')}/api/v1/{what}");

    private static List<PrometheusSeries> ReadSeries(JsonElement data, Func<JsonElement, IReadOnlyList<PrometheusPoint>> points) =>
    [
        .. data.GetProperty("result").EnumerateArray().Select(series => new PrometheusSeries(
            ReadLabels(series.GetProperty("metric")), points(series))),
    ];

    private static Dictionary<string, string> ReadLabels(JsonElement labels)
    {
        // A name may come twice in JSON, though not in a Prometheus.
        var read = new Dictionary<string, string>();
        foreach (var label in labels.EnumerateObject())
        {
            read[label.Name] = label.Value.GetText();
        }

        return read;
    }

    private static bool IsTime(double seconds) => seconds is >= 0 and <= LatestSeconds;

    private static PrometheusPoint Point(JsonElement sample) =>
        sample.EnumerateArray().First().GetDouble() is var seconds && IsTime(seconds)
            ? new PrometheusPoint((long)Math.Round(seconds * 1e3), Number(sample))
            : throw new JsonException($"the sample {sample.GetRawText()} has a time that cannot be");

    /// <summary>Reads the number of a sample, which stands as a text behind its time.</summary>
    private static double Number(JsonElement sample) =>
        (sample.EnumerateArray().ElementAtOrDefault(1) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null) switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new JsonException($"the sample {sample.GetRawText()} has no number"),
        };
}

/// <summary>What time a Prometheus has.</summary>
/// <param name="Now">The time.</param>
/// <param name="Doubt">By how much it may be more, or less.</param>
public readonly record struct PrometheusClock(DateTimeOffset Now, TimeSpan Doubt);

/// <summary>A series of a Prometheus.</summary>
/// <param name="Labels">Its labels, its name among them as <c>__name__</c>.</param>
/// <param name="Points">Its samples, in the order of time.</param>
public sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<PrometheusPoint> Points)
{
    /// <summary>The value of a label; empty when it does not have it, which to Prometheus is the same.</summary>
    /// <param name="name">The label.</param>
    public string this[string name] => Labels.GetValueOrDefault(name, "");
}

/// <summary>A sample.</summary>
/// <param name="UnixMilliseconds">When it was scraped, in milliseconds since 1970-01-01 UTC.</param>
/// <param name="Value">Its value.</param>
public readonly record struct PrometheusPoint(long UnixMilliseconds, double Value);

/// <summary>A rule that makes alerts.</summary>
/// <param name="Name">The name of its alerts.</param>
/// <param name="Labels">The labels that it gives to them; they have those of its expression as well.</param>
/// <param name="LastError">Why it could not be evaluated the last time; empty when it could.</param>
public sealed record PrometheusAlertRule(string Name, IReadOnlyDictionary<string, string> Labels, string LastError);
