using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bookinfo.Testing;

/// <summary>What services in this process log, their access log included if that is on (<c>ACCESS_LOG=on</c>).</summary>
public sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<RecordedEvent> _events = new();

    /// <summary>The events so far.</summary>
    public IReadOnlyList<RecordedEvent> Events => [.. _events];

    /// <summary>Lets a service write to it.</summary>
    /// <param name="services">Those of the service.</param>
    public void AddTo(IServiceCollection services) =>
        services.AddLogging(logging => logging.AddProvider(this).AddFilter<RecordedLog>("Bookinfo", LogLevel.Information));

    /// <summary>The events of a name.</summary>
    public IReadOnlyList<RecordedEvent> Of(string name) => [.. _events.Where(logged => logged.Name == name)];

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose()
    {
    }

    private sealed class Recorder(RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var status = fields.FirstOrDefault(field => field.Key == "status").Value;
            log._events.Enqueue(new RecordedEvent(
                logLevel, eventId.Name ?? "", status is null ? null : Convert.ToInt32(status, CultureInfo.InvariantCulture),
                $"{formatter(state, exception)} {exception}"));
        }
    }
}
