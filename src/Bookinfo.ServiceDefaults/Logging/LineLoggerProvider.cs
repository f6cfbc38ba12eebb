using System.Buffers;
using Bookinfo.ServiceDefaults.Configuration;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>Writes the log to stdout, a line an event.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _threadBuffer;

    private readonly ILineFormat _format;
    private readonly LineWriter _writer;
    private readonly TimeProvider _time;
    private IExternalScopeProvider? _scopes;

    /// <summary>Starts to write.</summary>
    /// <param name="service">Who writes the log.</param>
    /// <param name="options">How it is written.</param>
    public LineLoggerProvider(ServiceIdentity service, LogOptions options, TimeProvider time)
    {
        _time = time;
        _format = options.Format == LogFormat.Json ? new JsonLines(service) : new TextLines();
        _writer = new LineWriter(StandardOutput.Open(), ReportLoss, time);
    }

    /// <summary>How many lines were lost because stdout did not take them.</summary>
    public long LostLines => _writer.Lost;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private byte[] ReportLoss(long lines)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _format.Write(buffer, new LogLine(
            _time.GetUtcNow(), LogLevel.Warning, typeof(LineWriter).FullName!, "LogLinesDropped", $"{lines} lines of the log were lost "
                + "because stdout did not take them",
            [new("lines", lines)], Exception: null, Request: null));
        return buffer.WrittenSpan.ToArray();
    }

    private void Write(in LogLine line)
    {
        var buffer = _threadBuffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        _format.Write(buffer, line);
        _writer.Write(buffer.WrittenSpan);
    }

    private RequestRecord? CurrentRequest()
    {
        var found = new Found();
        _scopes?.ForEachScope(static (scope, found) => found.Record ??= scope as RequestRecord, found);
        return found.Record;
    }

    private sealed class Found
    {
        public RequestRecord? Record { get; set; }
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(new LogLine(
                provider._time.GetUtcNow(),
                logLevel,
                category,
                eventId.Name ?? category,
                state is AccessEntry ? "" : formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
                exception,
                state is AccessEntry entry ? entry.Request : provider.CurrentRequest()));
    }
}
