using System.Globalization;
using Bookinfo.ServiceDefaults.Logging;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Which signals there are and where they go.</summary>
/// <param name="Metrics">Whether there are metrics at all; they are on <c>/metrics</c>.</param>
/// <param name="PushMetrics">Whether they are sent by OTLP as well.</param>
/// <param name="Traces">Whether there are spans; they are sent by OTLP.</param>
/// <param name="PushLogs">Whether log records are sent by OTLP as well as written to stdout.</param>
/// <param name="AccessLog">Whether each request is logged.</param>
/// <param name="LogFormat">How log lines are written to stdout.</param>
/// <remarks>
/// The <c>OTEL_*</c> variables are those of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The SDK reads
/// most of them itself, and says nothing when one is wrong; so they are checked here.
/// </remarks>
internal sealed record TelemetryOptions(bool Metrics, bool PushMetrics, bool Traces, bool PushLogs, bool AccessLog, LogFormat LogFormat)
{
    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    /// <summary>Reads <c>LOG_FORMAT</c> (json or text), <c>ACCESS_LOG</c> (on or off) and the <c>OTEL_*</c> variables.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static TelemetryOptions Read(Settings settings)
    {
        var enabled = !settings.Flag("OTEL_SDK_DISABLED", standard: false);
        CheckSampler(settings);
        return new TelemetryOptions(
            Metrics: enabled,
            // The standard's default is otlp. Ours is prometheus: a platform that scrapes must not get every figure twice.
            PushMetrics: Exports(settings, "METRICS", "prometheus") && enabled,
            Traces: Exports(settings, "TRACES", "otlp") && enabled,
            PushLogs: Exports(settings, "LOGS", "otlp") && enabled,
            AccessLog: settings.Choice("ACCESS_LOG", "on", "off") == "on",
            LogFormat: settings.Choice("LOG_FORMAT", "json", "text") == "json" ? LogFormat.Json : LogFormat.Text);
    }

    /// <summary>Whether a signal is to be sent by OTLP: there is an endpoint for it, and its exporter is OTLP.</summary>
    private static bool Exports(Settings settings, string signal, string standard)
    {
        var exporter = $"OTEL_{signal}_EXPORTER";
        string[] known = signal == "METRICS" ? ["otlp", "prometheus", "none"] : ["otlp", "none"];
        var chosen = (settings.Text(exporter) ?? standard).Split(',', StringSplitOptions.TrimEntries);
        if (chosen.Except(known).Any())
        {
            throw new InvalidSettingException(exporter, settings.Text(exporter)!, $"a list of {string.Join(", ", known)}");
        }

        var endpoint = CheckEndpoint(settings, "OTEL_EXPORTER_OTLP_ENDPOINT");
        endpoint |= CheckEndpoint(settings, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
        CheckProtocol(settings, "OTEL_EXPORTER_OTLP_PROTOCOL");
        CheckProtocol(settings, $"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL");
        return endpoint && chosen.Contains("otlp");
    }

    private static bool CheckEndpoint(Settings settings, string name)
    {
        if (settings.Text(name) is not { } text)
        {
            return false;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? true
            : throw new InvalidSettingException(name, text, "an address such as http://collector:4317");
    }

    private static void CheckProtocol(Settings settings, string name)
    {
        if (settings.Text(name) is { } text and not ("grpc" or "http/protobuf"))
        {
            throw new InvalidSettingException(name, text, "grpc or http/protobuf");
        }
    }

    private static void CheckSampler(Settings settings)
    {
        const string Sampler = "OTEL_TRACES_SAMPLER";
        const string Argument = "OTEL_TRACES_SAMPLER_ARG";
        var sampler = settings.Text(Sampler);
        if (sampler is not null && !Samplers.Contains(sampler))
        {
            throw new InvalidSettingException(Sampler, sampler, $"one of {string.Join(", ", Samplers)}");
        }

        if (sampler is "traceidratio" or "parentbased_traceidratio" && settings.Text(Argument) is { } ratio
            && !(double.TryParse(ratio, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1))
        {
            throw new InvalidSettingException(Argument, ratio, "a number from 0 to 1");
        }
    }
}
