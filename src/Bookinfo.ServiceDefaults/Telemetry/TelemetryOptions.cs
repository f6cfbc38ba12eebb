using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Which signals there are and where they go.</summary>
/// <param name="Metrics">Whether there are metrics at all; they are on <c>/metrics</c>.</param>
/// <param name="PushMetrics">Whether they are sent by OTLP as well.</param>
/// <param name="Traces">Whether there are spans; they are sent by OTLP.</param>
/// <param name="PushLogs">Whether log records are sent by OTLP as well as written to stdout.</param>
/// <param name="Sampler">Which traces are taken.</param>
/// <param name="TracesExport">How spans are sent.</param>
/// <param name="LogsExport">How log records are sent.</param>
/// <param name="MetricsExport">How metrics are sent.</param>
/// <param name="Exemplars">Which measurements may become exemplars.</param>
/// <param name="WithoutEffect">The settings that ask for something to be sent, or say how, where there is nowhere to send it.</param>
/// <remarks>
/// The <c>OTEL_*</c> variables are those of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The SDK
/// reads some of them itself, and says nothing when one is wrong; so all are checked here.
/// </remarks>
internal sealed record TelemetryOptions(
    bool Metrics,
    bool PushMetrics,
    bool Traces,
    bool PushLogs,
    Sampler Sampler,
    OtlpSettings TracesExport,
    OtlpSettings LogsExport,
    OtlpSettings MetricsExport,
    ExemplarFilterType Exemplars,
    IReadOnlyList<string> WithoutEffect)
{
    /// <summary>The most that a queue may hold: memory for all of it is set aside at the start.</summary>
    private const int LongestQueue = 1_000_000;

    /// <summary>Reads the <c>OTEL_*</c> variables.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed, whether or not its signal is sent.</exception>
    public static TelemetryOptions Read(Settings settings)
    {
        var enabled = !settings.Flag("OTEL_SDK_DISABLED", standard: false);
        var sampler = ReadSampler(settings);
        CheckLimits(settings);
        CheckRetry(settings);
        CheckBatches(settings, "OTEL_BSP_");
        CheckBatches(settings, "OTEL_BLRP_");
        settings.Number("OTEL_METRIC_EXPORT_INTERVAL", standard: 60_000, least: 1, most: int.MaxValue);
        settings.Number("OTEL_METRIC_EXPORT_TIMEOUT", standard: 30_000, least: 1, most: int.MaxValue);
        settings.Choice("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative", "delta", "lowmemory");
        settings.Choice(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "explicit_bucket_histogram", "base2_exponential_bucket_histogram");
        var (traces, logs, metrics) = (
            OtlpSettings.Read(settings, "TRACES"), OtlpSettings.Read(settings, "LOGS"), OtlpSettings.Read(settings, "METRICS"));
        return new TelemetryOptions(
            Metrics: enabled,
            // The standard's default is otlp. Ours is prometheus unless metrics have an endpoint of their own: a platform that scrapes must
            // not get every figure twice because it wants traces.
            PushMetrics: Exports(settings, "METRICS", metrics.HasOwnEndpoint ? "otlp" : "prometheus") && metrics.HasEndpoint && enabled,
            Traces: Exports(settings, "TRACES", "otlp") && traces.HasEndpoint && enabled,
            PushLogs: Exports(settings, "LOGS", "otlp") && logs.HasEndpoint && enabled,
            sampler,
            traces,
            logs,
            metrics,
            Exemplars: settings.Choice("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based", "always_on", "always_off") switch
            {
                "always_on" => ExemplarFilterType.AlwaysOn,
                "always_off" => ExemplarFilterType.AlwaysOff,
                _ => ExemplarFilterType.TraceBased,
            },
            WithoutEffect: enabled ? [.. FindWithoutEffect(settings, ("TRACES", traces), ("LOGS", logs), ("METRICS", metrics))] : []);
    }

    /// <summary>
    /// An endpoint that is not set, or mistyped, does not show by anything else: then nothing is sent, and nothing fails.
    /// </summary>
    private static IEnumerable<string> FindWithoutEffect(Settings settings, params (string Name, OtlpSettings Otlp)[] signals)
    {
        foreach (var (name, otlp) in signals)
        {
            if (!otlp.HasEndpoint && Exports(settings, name, standard: "none"))
            {
                yield return $"OTEL_{name}_EXPORTER";
            }
        }

        if (!Array.Exists(signals, static signal => signal.Otlp.HasEndpoint))
        {
            foreach (var name in TelemetrySettingNames.All)
            {
                if (name.StartsWith(OtlpSettings.General, StringComparison.Ordinal) && settings.Text(name) is not null)
                {
                    yield return name;
                }
            }
        }
    }

    /// <summary>Whether OTLP is among the exporters of a signal.</summary>
    private static bool Exports(Settings settings, string signal, string standard)
    {
        var variable = $"OTEL_{signal}_EXPORTER";
        string[] known = signal == "METRICS" ? ["otlp", "prometheus", "none"] : ["otlp", "none"];
        var chosen = (settings.Text(variable) ?? standard).Split(',', StringSplitOptions.TrimEntries);
        return chosen.Except(known, StringComparer.OrdinalIgnoreCase).Any()
            ? throw new InvalidSettingException(variable, settings.Text(variable)!, $"a list of {string.Join(", ", known)}")
            : chosen.Contains("otlp", StringComparer.OrdinalIgnoreCase);
    }

    private static UndecidedTraces ReadSampler(Settings settings)
    {
        const string Argument = "OTEL_TRACES_SAMPLER_ARG";
        var name = settings.Choice(
            "OTEL_TRACES_SAMPLER", "parentbased_always_on", "always_on", "always_off", "traceidratio", "parentbased_always_off",
            "parentbased_traceidratio");
        var share = 1.0;
        const NumberStyles Share = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (settings.Text(Argument) is { } text
            && !(double.TryParse(text, Share, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1))
        {
            throw new InvalidSettingException(Argument, text, "a number from 0 to 1");
        }

        const string FollowsCaller = "parentbased_";
        var followsCaller = name.StartsWith(FollowsCaller, StringComparison.Ordinal);
        Sampler own = (followsCaller ? name[FollowsCaller.Length..] : name) switch
        {
            "always_on" => new AlwaysOnSampler(),
            "always_off" => new AlwaysOffSampler(),
            _ => new TraceIdRatioBasedSampler(share),
        };
        return new UndecidedTraces(followsCaller ? new ParentBasedSampler(own) : own);
    }

    /// <summary>
    /// Checks how much of a span or a log record is kept. The SDK reads these itself, and takes what is not a number, or is below 0, as no
    /// limit.
    /// </summary>
    private static void CheckLimits(Settings settings)
    {
        string[] limits =
        [
            "ATTRIBUTE_VALUE_LENGTH", "ATTRIBUTE_COUNT", "SPAN_ATTRIBUTE_VALUE_LENGTH", "SPAN_ATTRIBUTE_COUNT", "SPAN_EVENT_COUNT",
            "SPAN_LINK_COUNT",
            "EVENT_ATTRIBUTE_COUNT", "LINK_ATTRIBUTE_COUNT", "LOGRECORD_ATTRIBUTE_VALUE_LENGTH", "LOGRECORD_ATTRIBUTE_COUNT",
        ];
        foreach (var limit in limits)
        {
            settings.Number($"OTEL_{limit}_LIMIT", standard: int.MaxValue, least: 0, most: int.MaxValue);
        }
    }

    /// <summary>What the SDK does with batches that could not be sent, a setting of its own.</summary>
    private static void CheckRetry(Settings settings)
    {
        const string Place = "OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH";
        const string Retry = "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY";
        if (settings.Choice(Retry, "in_memory", "disk") != "disk")
        {
            return;
        }

        var path = settings.Text(Place) ?? throw new InvalidSettingException(
            Retry, "disk", $"in_memory, or disk with a directory in {Place}");
        try
        {
            // The SDK has a directory for each signal.
            foreach (var signal in new[] { "traces", "logs", "metrics" })
            {
                var directory = Directory.CreateDirectory(Path.Combine(path, signal)).FullName;
                using var file = new FileStream(Path.Combine(directory, Path.GetRandomFileName()), new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Options = FileOptions.DeleteOnClose,
                });
            }
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidSettingException(Place, path, "a directory that can be written");
        }
    }

    private static void CheckBatches(Settings settings, string prefix)
    {
        const int StandardQueue = 2048;
        const int StandardBatch = 512;
        settings.Number(prefix + "SCHEDULE_DELAY", standard: 5000, least: 1, most: int.MaxValue);
        settings.Number(prefix + "EXPORT_TIMEOUT", standard: 30_000, least: 1, most: int.MaxValue);
        var queue = settings.Number(prefix + "MAX_QUEUE_SIZE", StandardQueue, least: 1, most: LongestQueue);
        var size = prefix + "MAX_EXPORT_BATCH_SIZE";
        var batch = settings.Number(size, Math.Min(StandardBatch, queue), least: 1, most: LongestQueue);
        if (batch > queue)
        {
            throw new InvalidSettingException(size, settings.Text(size)!, $"at most {prefix}MAX_QUEUE_SIZE, which is {queue}");
        }
    }
}
