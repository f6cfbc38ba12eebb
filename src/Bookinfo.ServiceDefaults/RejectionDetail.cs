using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Makes Kestrel say in its exceptions what was wrong with a request: it does so only when somebody listens to its category at Information.
/// This listens and writes nothing, so that what visitors do wrong fills no log.
/// </summary>
internal sealed class RejectionDetail : ILoggerProvider
{
    /// <summary>Kestrel's category.</summary>
    public const string Category = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) => categoryName == Category ? new Listener() : NullLogger.Instance;

    public void Dispose()
    {
    }

    private sealed class Listener : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
