using System.Collections.Concurrent;
using Bookinfo.ServiceDefaults.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Stands between Kestrel and the log. Problems of the server pass unchanged, except for answers that a fault breaks off. Mistakes of
/// visitors never fill the log, even where Kestrel reports them as errors. Kestrel's reports of them still have two uses: its exceptions
/// name what was wrong only when somebody listens, and the reports show when Kestrel has answered something itself.
/// </summary>
/// <param name="services">Provides the log, which cannot be created before this.</param>
internal sealed class ServerLog(IServiceProvider services) : ILoggerProvider
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>The beginning of the categories of Kestrel's parts.</summary>
    private const string Parts = Category + ".";

    /// <summary>The part that deals with bad requests, which it never reports above the Debug level.</summary>
    private const string BadRequests = Parts + "BadRequests";

    /// <summary>The event for the first line of HTTP/2, which Kestrel answers in HTTP/2.</summary>
    private const string PrefaceDetected = "PossibleInvalidHttpVersionDetected";

    /// <summary>
    /// The event for the rest of an unread body that could not be skipped: the connection was reset, or a trailer has a null character.
    /// There is no other cause, since no endpoint leaves a read unfinished.
    /// </summary>
    private const string SkippingFailed = "RequestBodyDrainBodyReaderInvalidState";

    private readonly ConcurrentDictionary<string, bool> _prefaces = new();
    private readonly Lazy<ILogger> _log = new(() => services.GetRequiredService<ILogger<ServerLog>>());

    /// <summary>Routes Kestrel's messages through here, and past the log.</summary>
    /// <param name="logging">The logging of the service.</param>
    public static void AddFilters(ILoggingBuilder logging) => logging
        .AddFilter(Category, LogLevel.None)
        .AddFilter(Parts, LogLevel.Warning)
        .AddFilter<ServerLog>(Category, LogLevel.Debug)
        .AddFilter<ServerLog>(Parts, LogLevel.None)
        .AddFilter<ServerLog>(BadRequests, LogLevel.Debug);

    /// <summary>Whether Kestrel answers the request that it is rejecting in HTTP/2, as it said just now.</summary>
    /// <param name="connection">The id of the connection.</param>
    public bool IsAnsweredInHttp2(string connection) => _prefaces.TryRemove(connection, out _);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => categoryName is Category or BadRequests ? new Listener(this) : NullLogger.Instance;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Listener(ServerLog server) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == PrefaceDetected && state is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                foreach (var (name, value) in values)
                {
                    if (name == "ConnectionId" && value is string connection)
                    {
                        server._prefaces[connection] = true;
                    }
                }
            }
            else if (logLevel >= LogLevel.Warning && eventId.Name != SkippingFailed && exception is not BrokenOffException)
            {
                server._log.Value.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
