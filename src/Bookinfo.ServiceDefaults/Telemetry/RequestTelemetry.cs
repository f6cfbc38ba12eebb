using System.Diagnostics;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Measures each request once and reports that as a metric, a span and a line of the access log. The header <c>Server-Timing</c> is sent
/// before the body, and has the time until then.
/// It also gives each request an <c>x-request-id</c>. Probes and scrapes have the headers and nothing else.
/// </summary>
/// <param name="next">What handles the request.</param>
/// <param name="telemetry">The instruments.</param>
/// <param name="limit">How many requests there may be at once.</param>
/// <param name="options">Whether there is an access log.</param>
/// <param name="logger">The access log.</param>
internal sealed class RequestTelemetry(
    RequestDelegate next,
    HttpTelemetry telemetry,
    RequestLimit limit,
    LogOptions options,
    ILogger<RequestTelemetry> logger,
    TimeProvider time)
{
    private const string RequestId = "x-request-id";

    private readonly Func<object, Task> _writeHeaders = context => WriteHeaders((HttpContext)context, time);

    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        var record = new RequestRecord(IdOf(context.Request), TraceHeaders.Extract(context.Request.Headers), start);
        context.Features.Set(record);
        context.Features.Set(new ServerTiming(start));
        // Not before: an error answer begins with the removal of all headers.
        context.Response.OnStarting(_writeHeaders, context);
        if (IsProbe(context.Request.Path) || IsScrape(context.Request.Path))
        {
            await next(context);
            return;
        }

        var method = HttpNames.Method(context.Request.Method);
        using var span = StartSpan(context, record, method);
        var active = telemetry.ActiveRequests.Of(method);
        active.Begin();
        var admitted = limit.TryBegin();
        try
        {
            record.IsRefused = !admitted;
            await next(context);
        }
        finally
        {
            active.End();
            limit.End(admitted);

            Tell(context, record, span, method, time.GetElapsedTime(record.Start));
        }
    }

    /// <summary>
    /// Whether a request is a probe. Probes and scrapes belong to the platform and not to the workload: how often they come must not show
    /// in what is measured.
    /// </summary>
    /// <param name="path">Its path.</param>
    public static bool IsProbe(PathString path) => path.StartsWithSegments("/health");

    /// <summary>Whether a request is a scrape.</summary>
    /// <param name="path">Its path.</param>
    public static bool IsScrape(PathString path) =>
        path.StartsWithSegments("/metrics", out var rest) && (!rest.HasValue || rest == "/");

    private static string IdOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue(RequestId, out var given) && given.ToString() is { Length: > 0 } id)
        {
            if (given.Count > 1)
            {
                // Each service would put several lines together in its own way.
                request.Headers[RequestId] = id;
            }

            return PrintableText.Ascii(id, PrintableText.LongestId);
        }

        // In the request as well, from where it is passed on.
        id = RequestIds.Next();
        request.Headers[RequestId] = id;
        return id;
    }

    private static Task WriteHeaders(HttpContext context, TimeProvider time)
    {
        var record = RequestRecord.Of(context);
        var headers = context.Response.Headers;
        headers[RequestId] = record.Id;
        headers[ServerTiming.Header] = ServerTiming.Of(context).Format(time.GetElapsedTime(record.Start));
        return Task.CompletedTask;
    }

    private Activity? StartSpan(HttpContext context, RequestRecord record, string method)
    {
        if (!telemetry.Traces)
        {
            return null;
        }

        var headers = context.Request.Headers;
        var parent = TraceHeaders.Parent(headers, record.Caller);
        var name = SpanName(method, route: null);
        var span = TraceHeaders.LeaveDecision(headers)
            ? telemetry.StartSpanUndecided(name, ActivityKind.Server, parent, record.Start)
            : telemetry.StartSpan(name, ActivityKind.Server, parent, record.Start);
        if (span is not { IsAllDataRequested: true })
        {
            // Nobody takes this trace; the span is there to be passed on.
            return span;
        }

        var request = context.Request;
        span.SetTag("http.request.method", method);
        if (method == HttpNames.OtherMethod)
        {
            span.SetTag("http.request.method_original", PrintableText.Clean(request.Method, PrintableText.LongestUserAgent));
        }

        span.SetTag("url.scheme", HttpTelemetry.Scheme);
        span.SetTag("url.path", PathOf(context));
        if (request.QueryString.HasValue)
        {
            span.SetTag("url.query", RedactedQuery.Of(request.QueryString.Value));
        }

        if (request.Host.Host is { Length: > 0 } host)
        {
            span.SetTag("server.address", PrintableText.Clean(host, PrintableText.LongestUserAgent));
        }

        if (request.Host.Port is { } port)
        {
            span.SetTag("server.port", port);
        }

        span.SetTag("client.address", AddressOf(context));
        span.SetTag("network.protocol.version", HttpNames.ProtocolVersion(request.Protocol));
        if (UserAgentOf(request) is { } userAgent)
        {
            span.SetTag("user_agent.original", userAgent);
        }

        return span;
    }

    private void Tell(HttpContext context, RequestRecord record, Activity? span, string method, TimeSpan elapsed)
    {
        var status = context.Response.StatusCode;
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (telemetry.ServerDuration.Enabled)
        {
            telemetry.ServerDuration.Record(elapsed.TotalSeconds, MetricTags(context, method, route, status));
        }

        if (options.Access)
        {
            var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Error : LogLevel.Information;
            var bytes = HttpMethods.IsHead(context.Request.Method) ? 0 : context.Response.ContentLength ?? 0;
            var entry = new AccessEntry(
                context.Request.Method == method ? method : PrintableText.Clean(context.Request.Method, PrintableText.LongestUserAgent),
                route, PathOf(context), status, elapsed, bytes, AddressOf(context), UserAgentOf(context.Request), record);
            logger.Log(level, AccessEntry.Event, entry, exception: null, static (entry, _) => entry.ToString());
        }

        if (span is { IsAllDataRequested: true })
        {
            EndSpan(span, SpanName(method, route), route, status, elapsed);
        }
    }

    private static TagList MetricTags(HttpContext context, string method, string? route, int status)
    {
        var tags = new TagList
        {
            { "http.request.method", method },
            { "url.scheme", HttpTelemetry.Scheme },
            { "network.protocol.version", HttpNames.ProtocolVersion(context.Request.Protocol) },
            { "http.response.status_code", HttpNames.StatusValue(status) },
        };
        if (route is not null)
        {
            tags.Add("http.route", route);
        }

        if (status >= StatusCodes.Status500InternalServerError)
        {
            tags.Add("error.type", HttpNames.StatusText(status));
        }

        return tags;
    }

    private static void EndSpan(Activity span, string name, string? route, int status, TimeSpan elapsed)
    {
        span.DisplayName = name;
        span.SetTag("http.response.status_code", HttpNames.StatusValue(status));
        if (route is not null)
        {
            span.SetTag("http.route", route);
        }

        // An error of the caller, 4xx, is none of the server.
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", HttpNames.StatusText(status));
            span.SetStatus(ActivityStatusCode.Error);
        }

        HttpTelemetry.EndSpan(span, elapsed);
    }

    private static string SpanName(string method, string? route) =>
        (method, route) switch
        {
            (HttpNames.OtherMethod, null) => "HTTP",
            (HttpNames.OtherMethod, _) => $"HTTP {route}",
            (_, null) => method,
            _ => $"{method} {route}",
        };

    /// <summary>
    /// The path as it was written: escapes and all, and so without control characters; not the query, in which secrets may stand.
    /// </summary>
    private static string PathOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        // A target may also be '*', or what CONNECT asks for.
        var path = target is ['/', ..] ? end < 0 ? target : target[..end] : context.Request.Path.Value ?? "";
        return PrintableText.Clean(path, PrintableText.LongestPath);
    }

    private static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => null,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };

    private static string? UserAgentOf(HttpRequest request) =>
        request.Headers.UserAgent.ToString() is { Length: > 0 } text
            ? PrintableText.Clean(HeaderText.InUtf8(text), PrintableText.LongestUserAgent)
            : null;
}
