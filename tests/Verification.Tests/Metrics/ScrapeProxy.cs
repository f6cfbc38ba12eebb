using System.Globalization;
using System.Text;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Stands between a service and whoever scrapes it, and passes on what it is told to make of each scrape. A scrape is asked for anew from
/// the service each time.
/// </summary>
internal sealed class ScrapeProxy : IAsyncDisposable
{
    private readonly Uri _service;
    private readonly HttpClient _client = new();
    private readonly RecordingBackend _server;
    private volatile Func<IReadOnlyList<PrometheusSample>, IReadOnlyList<PrometheusSample>?>? _spoil;

    /// <summary>Starts one that passes everything on as it is, or nothing.</summary>
    /// <param name="service">The service.</param>
    /// <param name="isOpen">Whether it passes anything on as long as it is told nothing.</param>
    public ScrapeProxy(Uri service, bool isOpen = true)
    {
        _service = service;
        IsOpen = isOpen;
        _server = new RecordingBackend(_ => AnswerAsync);
    }

    public Uri Address => _server.Address;

    /// <summary>Whether it passes scrapes on.</summary>
    public bool IsOpen { get; set; }

    /// <summary>What it makes of a scrape, <see langword="null"/> for an error; or <see langword="null"/> to pass it on as it is.</summary>
    /// <param name="spoil">Changes the answer.</param>
    public void Spoil(Func<IReadOnlyList<PrometheusSample>, IReadOnlyList<PrometheusSample>?>? spoil) => _spoil = spoil;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(Stream stream, CancellationToken token)
    {
        var samples = IsOpen ? PrometheusText.Parse(await _client.GetStringAsync(new Uri(_service, "/metrics"), token)) : null;
        var passedOn = samples is not null && _spoil is { } spoil ? spoil(samples) : samples;
        var body = string.Concat((passedOn ?? []).Select(Line));
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {(passedOn is null ? "503 Spoilt" : "200 OK")}\r\nContent-Type: text/plain; version=0.0.4\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"),
            token);
    }

    private static string Line(PrometheusSample sample)
    {
        var labels = sample.Labels.Select(label => $"{label.Key}=\"{Escape(label.Value)}\"");
        var value = double.IsPositiveInfinity(sample.Value) ? "+Inf" : sample.Value.ToString("R", CultureInfo.InvariantCulture);
        return $"{sample.Name}{{{string.Join(',', labels)}}} {value}\n";
    }

    private static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
