using System.Globalization;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios;

/// <summary>Asks a Prometheus, or whatever else has its HTTP API.</summary>
/// <param name="address">Its address; the path of the API is added to it.</param>
public sealed class PrometheusClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Far more than the answer to a question of a scenario has.</summary>
    private const int LongestAnswer = 16 * 1024 * 1024;

    /// <summary>The proxy of the environment leads to other machines, and not to this one.</summary>
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = !address.IsLoopback, ConnectTimeout = Patience })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>Its address.</summary>
    public Uri Address => address;

    /// <summary>Evaluates an expression now.</summary>
    /// <param name="expression">PromQL that gives a vector or a number.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values of all series.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or refuses the expression.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression, CancellationToken cancellationToken)
    {
        try
        {
            using var question = new FormUrlEncodedContent([new("query", expression)]);
            using var answer = await _client.PostAsync(
                new Uri($"{address.AbsoluteUri.TrimEnd('/')}/api/v1/query"), question, cancellationToken);
            return Read(JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)), expression);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or KeyNotFoundException
            or InvalidOperationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new OperationFailedException(
                FailureKind.TargetUnreachable, $"no Prometheus answers at {address}: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static double[] Read(JsonElement answer, string expression)
    {
        if (answer.GetProperty("status").GetString() != "success")
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest, $"Prometheus refuses '{expression}': {answer.GetProperty("error").GetString()}");
        }

        var data = answer.GetProperty("data");
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() switch
        {
            "vector" => [.. result.EnumerateArray().Select(series => Number(series.GetProperty("value")))],
            "scalar" => [Number(result)],
            var other => throw new OperationFailedException(
                FailureKind.InvalidRequest, $"'{expression}' gives a {other}: it must give a vector or a number."),
        };
    }

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
