using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Bounds how many requests are answered at once. Each that waits for a backend holds memory; without a bound, a backend that hangs would
/// take the services in front of it down as well. Those beyond it get a quick 503.
/// </summary>
/// <param name="most">How many.</param>
/// <param name="logger">Where reaching the limit is logged.</param>
internal sealed class RequestLimit(int most, TimeProvider time, ILogger<RequestLimit> logger)
{
    /// <summary>The usual limit of a service that calls others: what fits into 64 MiB when all of them wait.</summary>
    private const int UsualOfCaller = 320;

    /// <summary>The usual limit of a service that calls no others.</summary>
    private const int Usual = 1024;

    /// <summary>When the client may try again, in seconds.</summary>
    private const string RetryAfter = "1";

    private static readonly byte[] Answer = JsonAnswer.ErrorBody("too many requests at once");

    private readonly SeldomReport _report = new(time, requests => LogEvents.RequestsRefused(logger, requests, most));
    private int _active;
    private int _refused;

    /// <summary>Reads <c>MAX_CONCURRENT_REQUESTS</c>.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="service">The service.</param>
    /// <exception cref="InvalidSettingException">It is not allowed.</exception>
    public static int Read(Settings settings, ServiceDefinition service) => settings.Number(
        SettingNames.MaxConcurrentRequests, service.Calls.Count > 0 ? UsualOfCaller : Usual, least: 1, most: 1_000_000);

    /// <summary>Begins a request.</summary>
    /// <returns>Whether there is room for it. Either way, <see cref="End"/> ends it.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _active) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _active);
        Interlocked.Increment(ref _refused);
        _report.Add();
        return false;
    }

    /// <summary>Ends a request.</summary>
    /// <param name="admitted">What <see cref="TryBegin"/> said of it.</param>
    public void End(bool admitted)
    {
        if (admitted)
        {
            Interlocked.Decrement(ref _active);
        }
        else
        {
            Interlocked.Decrement(ref _refused);
        }
    }

    /// <summary>Middleware behind routing, so that telemetry knows the route: answers requests for which there is no room.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What handles the others.</param>
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        Volatile.Read(ref _refused) > 0 && RequestRecord.Of(context).IsRefused ? RefuseAsync(context) : next(context);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfter;
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, Answer);
    }
}
