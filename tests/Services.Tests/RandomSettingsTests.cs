using System.Net.Sockets;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>
/// Whatever the settings are, a service starts, or says in one line which variable is wrong. Only the number of the port is not left to
/// chance.
/// </summary>
public sealed class RandomSettingsTests
{
    private static readonly string[] Variables =
    [
        .. from scope in new[] { "", "TRACES_", "LOGS_", "METRICS_" }
           from option in new[]
           {
               "ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY",
           }
           select $"OTEL_EXPORTER_OTLP_{scope}{option}",
        .. from prefix in new[] { "OTEL_BSP_", "OTEL_BLRP_" }
           from option in new[] { "SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE" }
           select prefix + option,
        "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_METRICS_EXEMPLAR_FILTER", "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED", "LOG_FORMAT", "ACCESS_LOG",
        "SERVICE_VERSION", "K8S_NAMESPACE_NAME",
        "K8S_POD_NAME", "K8S_NODE_NAME", "HOSTNAME", "CLUSTER_NAME", "DRAIN_SECONDS", "ENABLE_EXTERNAL_BOOK_SERVICE", "DO_NOT_ENCRYPT",
        "EXTERNAL_BOOK_SERVICE_URL", "RANDOM_SEED", "FAULTS", "FAULTS_FILE", "FAULT_SPAN_ATTRIBUTE", "MANAGEMENT_LISTEN",
        "ENABLE_RATINGS", "STAR_COLOR", "FLOOD_FACTOR", "SESSION_KEY", "SERVICES_DOMAIN",
        "DETAILS_HOSTNAME", "DETAILS_SERVICE_PORT",
        "REVIEWS_HOSTNAME", "REVIEWS_SERVICE_PORT", "REVIEWS_ENDPOINTS", "RATINGS_HOSTNAME", "RATINGS_SERVICE_PORT", "URLS", "HTTP_PORTS",
    ];

    /// <summary>What is right for one variable or another, and what is nearly right.</summary>
    private static readonly string[] Values =
    [
        "", " ", "0", "1", "-1", "100", "512", "2048", "65535", "65536", "2147483647", "2147483648", "1.5", "1e3", "0.1", "NaN", "true",
        "false", "yes", "on", "off", "json", "text",
        "otlp", "none", "otlp,none", "prometheus", "grpc", "http/protobuf", "http/json", "gzip", "always_off", "traceidratio", "a=b",
        "a=b,c=d", "a=%", "a: b", "=", ",", "a=\r\n", "a=\0",
        "content-type=x", "user-agent=x", "a=b;c=d", "http://127.0.0.1:9", "http://127.0.0.1:9/v1/traces?x=1#y", "https://127.0.0.1:9",
        "http://user:hush@127.0.0.1:9", "ftp://a", "http://", "http://[::1]:9", "a",
        "a.b", "[::1]", "::1", "fe80::1%lo", "127.0.0.1", "a..b", ".", "*", "a:1", "/dev/null", "/nonexistent", "/", "/proc/version", "v1",
        "v2", "v-faulty", "v-nothing", "red", "black",
        "a password that is long enough", "http://127.0.0.1:0", "http://127.0.0.1:0;http://[::1]:0", "http://localhost:0", "http://*:abc",
        "http://*:0/base", "http://pipe:/a", ";", "0;0", "tcp://10.0.0.7:9080",
    ];

    public static TheoryData<string> Services => [.. ServiceCatalog.All.Select(service => service.Name)];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_starts_or_says_what_is_wrong(string service)
    {
        var setting =
            from variable in Gen.Elements(Variables)
            from value in Gen.Frequency(
                (9, Gen.Elements(Values)), (1, ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get)))
            select (variable, value);
        // Few, so that many start; and signals are sent in half of the runs, which sets up more that may go wrong.
        var settings =
            from count in Gen.Choose(0, 4)
            from sends in Gen.Elements(true, false)
            from chosen in Gen.ArrayOf(setting, count)
            select (IReadOnlyList<(string Name, string Value)>)[.. sends
                ? [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_METRICS_EXPORTER", "otlp")]
                : Array.Empty<(string, string)>(), .. chosen];
        Prop.ForAll(settings.ToArbitrary(), chosen => StartAsync(service, chosen).GetAwaiter().GetResult()).Check(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(150));
    }

    private static async Task StartAsync(string service, IReadOnlyList<(string Name, string Value)> settings)
    {
        try
        {
            await using var app = ServicePrograms.BuildOf(service)(
                ["--urls=http://127.0.0.1:0", "--DRAIN_SECONDS=0", .. settings.Select(setting => $"--{setting.Name}={setting.Value}")],
                static services => services.AddLogging(static logging => logging.AddFilter("Bookinfo", LogLevel.Error)));
            await app.StartAsync();
            await app.StopAsync();
        }
        catch (Exception exception) when (exception is SocketException or IOException && settings.Any(setting => setting.Name == "URLS"))
        {
            // A port that is taken, or not for everybody: code 3.
        }
        catch (InvalidSettingException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
            Assert.DoesNotContain('\r', exception.Message);
            Assert.Contains(
                " is not allowed: it must be ",
                exception.Message.Replace(
                    ", which is too easy to guess: it must", " is not allowed: it must be ", StringComparison.Ordinal),
                StringComparison.Ordinal);
            // Arguments count in any case of their names, and those of the address lack the prefix.
            Assert.Contains(settings, setting => exception.Message.Contains(setting.Name, StringComparison.OrdinalIgnoreCase)
                || exception.Message.Contains("SERVICES_DOMAIN", StringComparison.Ordinal));
            Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
        }
    }
}
