using System.Buffers;
using Bookinfo.ServiceDefaults.Configuration;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>Writes the log to stdout, a line an event.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _threadBuffer;

    private readonly ServiceIdentity _service;
    private readonly LogOptions _options;
    private readonly LineWriter _writer;
    private readonly TimeProvider _time;
    private volatile ILineFormat _format;
    private volatile Func<int?>[] _copies = [];
    private volatile string[] _versions = [];
    private IExternalScopeProvider? _scopes;

    /// <summary>Starts to write.</summary>
    /// <param name="service">Who writes the log.</param>
    /// <param name="options">How it is written.</param>
    public LineLoggerProvider(ServiceIdentity service, LogOptions options, TimeProvider time)
    {
        (_service, _options, _time) = (service, options, time);
        _format = FormatFor(service);
        _writer = new LineWriter(StandardOutput.Open(), ReportLoss, time);
    }

    /// <summary>How many lines were lost because stdout did not take them.</summary>
    public long LostLines => _writer.Lost;

    /// <summary>Lets somebody decide how often lines are written: for faults.</summary>
    /// <param name="copies">Is asked for each line; <see langword="null"/> leaves it to others, and to once if there are none.</param>
    public void AddCopies(Func<int?> copies) => _copies = [.. _copies, copies];

    /// <summary>Takes that back.</summary>
    /// <param name="copies">What was added.</param>
    public void RemoveCopies(Func<int?> copies) => _copies = [.. _copies.Where(other => other != copies)];

    /// <summary>Gives another version of the service in all further lines: for faults. The first of several counts.</summary>
    /// <param name="version">The version.</param>
    public void AddVersion(string version) => UseVersions([.. _versions, version]);

    /// <summary>Takes that back.</summary>
    /// <param name="version">What was added.</param>
    public void RemoveVersion(string version)
    {
        var versions = _versions.ToList();
        versions.Remove(version);
        UseVersions([.. versions]);
    }

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
        for (var copies = Copies(); copies > 0; copies--)
        {
            _writer.Write(buffer.WrittenSpan);
        }
    }

    private void UseVersions(string[] versions)
    {
        _versions = versions;
        _format = FormatFor(versions is [var version, ..] ? _service with { Version = version } : _service);
    }

    private int Copies()
    {
        foreach (var copies in _copies)
        {
            if (copies() is { } given)
            {
                return given;
            }
        }

        return 1;
    }

    private ILineFormat FormatFor(ServiceIdentity service) => _options.Format == LogFormat.Json ? new JsonLines(service) : new TextLines();

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
