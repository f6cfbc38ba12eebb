using System.Diagnostics;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Measures one try of a call to a backend, from before its request to the last byte of its answer, as a metric and a span.
/// </summary>
internal sealed class TryMeasurement : IDisposable
{
    private readonly HttpTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly Activity? _span;
    private readonly long _start;
    private readonly string _peer;
    private readonly Uri _address;
    private int? _status;
    private string? _errorType;
    private TimeSpan? _timeOfPeer;

    private TryMeasurement(HttpTelemetry telemetry, TimeProvider time, Activity? span, long start, string peer, Uri address)
    {
        _telemetry = telemetry;
        _time = time;
        _span = span;
        _start = start;
        _peer = peer;
        _address = address;
    }

    /// <summary>Begins to measure a try.</summary>
    /// <param name="telemetry">The instruments.</param>
    /// <param name="peer">The name of the service that is called.</param>
    /// <param name="template">The template of the path, such as <c>/reviews/{id}</c>.</param>
    /// <param name="address">Where the request goes.</param>
    /// <param name="number">The number of the try, counted from 1.</param>
    /// <returns>The measurement, which ends when it is disposed.</returns>
    public static TryMeasurement Start(HttpTelemetry telemetry, TimeProvider time, string peer, string template, Uri address, int number)
    {
        var start = time.GetTimestamp();
        var span = telemetry.Traces ? telemetry.StartSpan($"GET {template}", ActivityKind.Client, default, start) : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.request.method", HttpMethodNames.Get);
            span.SetTag("url.full", PrintableText.Clean(address.AbsoluteUri, PrintableText.LongestPath));
            span.SetTag("url.template", template);
            span.SetTag("server.address", address.Host);
            span.SetTag("server.port", address.Port);
            span.SetTag("service.peer.name", peer);
            // Its name until semantic conventions 1.39, by which many platforms draw their maps.
            span.SetTag("peer.service", peer);
            if (number > 1)
            {
                span.SetTag("http.request.resend_count", number - 1);
            }
        }

        return new TryMeasurement(telemetry, time, span, start, peer, address);
    }

    /// <summary>The position in the trace that the backend is told: of this try, or where nobody takes it of what led to it.</summary>
    public Activity? Position => _span ?? Activity.Current;

    /// <summary>How long it has taken until now.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Why the try failed; <see langword="null"/> when it did not.</summary>
    public string? ErrorType => _errorType;

    /// <summary>Says that the head of the answer is there.</summary>
    /// <param name="response">The answer.</param>
    public void Answered(HttpResponseMessage response)
    {
        _status = (int)response.StatusCode;
        // To a client an answer of 4xx or 5xx is an error.
        _errorType = _status >= StatusCodes.Status400BadRequest ? HttpNames.StatusText(_status.Value) : null;
        if (_span is { IsAllDataRequested: true })
        {
            _span.SetTag("network.protocol.version", response.Version.ToString(2));
        }
    }

    /// <summary>Says that all of the answer is there.</summary>
    /// <param name="serverTiming">Its <c>Server-Timing</c>, which may hold anything; <see langword="null"/> when it has none.</param>
    public void Completed(string? serverTiming) =>
        _timeOfPeer = serverTiming is not null && _telemetry.ClientTransit.Enabled ? ServerTiming.TotalIn(serverTiming) : null;

    /// <summary>Says that no answer came, or not all of it.</summary>
    /// <param name="errorType">Why, as <c>error.type</c>.</param>
    public void Failed(string errorType) => _errorType = errorType;

    /// <inheritdoc/>
    public void Dispose()
    {
        var elapsed = Elapsed;
        if (_telemetry.ClientDuration.Enabled)
        {
            var tags = new TagList
            {
                { "http.request.method", HttpMethodNames.Get },
                { "url.scheme", _address.Scheme },
                { "server.address", _address.Host },
                { "server.port", _address.Port },
                { "service.peer.name", _peer },
            };
            if (_status is { } status)
            {
                tags.Add("http.response.status_code", HttpNames.StatusValue(status));
            }

            if (_errorType is not null)
            {
                tags.Add("error.type", _errorType);
            }

            _telemetry.ClientDuration.Record(elapsed.TotalSeconds, tags);
        }

        if (_timeOfPeer is { } timeOfPeer && _status is { } answered)
        {
            // What the other says is rounded, and may be anything.
            _telemetry.ClientTransit.Record(
                Math.Max(0, (elapsed - timeOfPeer).TotalSeconds),
                new KeyValuePair<string, object?>("service.peer.name", _peer),
                new KeyValuePair<string, object?>("http.response.status_code", HttpNames.StatusValue(answered)));
        }

        if (_span is { IsAllDataRequested: true })
        {
            if (_status is { } status)
            {
                _span.SetTag("http.response.status_code", HttpNames.StatusValue(status));
            }

            if (_errorType is not null)
            {
                _span.SetTag("error.type", _errorType);
                _span.SetStatus(ActivityStatusCode.Error);
            }

            HttpTelemetry.EndSpan(_span, elapsed);
        }

        _span?.Dispose();
    }
}
