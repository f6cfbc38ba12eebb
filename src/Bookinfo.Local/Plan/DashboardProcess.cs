using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>
/// The Aspire dashboard that runs beside the services, on the loopback only. It shows their traces, logs and metrics, which they send to it
/// by OTLP, and keeps them in a temporary file.
/// </summary>
public static class DashboardProcess
{
    /// <summary>What it is called in the table.</summary>
    public const string Name = "dashboard";

    /// <summary>The port of its page that it has everywhere.</summary>
    public const int UsualPort = 18888;

    /// <summary>
    /// How many traces it keeps; then the oldest go first. Whoever asks for all of them waits longer the more there are. With an access-log
    /// line of each service, and now and then another line, a trace has up to five log records.
    /// </summary>
    private const int MostTraces = 50_000;

    private const int MostLogRecords = 5 * MostTraces;

    /// <summary>
    /// What tells it what to keep, by the names of its documentation (https://aspire.dev/dashboard/configuration), unless the user does.
    /// </summary>
    private static readonly (string Name, int Value)[] Limits =
    [
        ("DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT", MostTraces),
        ("DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT", MostLogRecords),
    ];

    /// <summary>The ends of the names of settings by which services send elsewhere.</summary>
    private static readonly string[] Elsewhere =
        [.. from signal in new[] { "", "TRACES_", "LOGS_", "METRICS_" } select $"OTEL_EXPORTER_OTLP_{signal}ENDPOINT"];

    /// <summary>Plans the process.</summary>
    /// <param name="port">The port of its page.</param>
    /// <param name="otlpPort">The port where it takes OTLP, by gRPC.</param>
    /// <param name="tree">The working copy.</param>
    /// <param name="pagePort">productpage's port, which tells runs apart.</param>
    /// <param name="inherited">What it inherits of the user's environment.</param>
    /// <exception cref="OperationFailedException">It cannot be run here.</exception>
    public static ServicePlan Plan(
        int port, int otlpPort, SourceTree tree, int pagePort, IReadOnlyDictionary<string, string> inherited)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                "--dashboard needs a shell that Windows does not have: start a dashboard yourself, and name it with "
                + "--env OTEL_EXPORTER_OTLP_ENDPOINT=...");
        }

        // While it is not fetched there is a plan as well, for the ports.
        var program = DashboardPackage.Find(tree) ?? Name;
        return new ServicePlan(
            new ServiceVersion(Name, "", UsualPort, new Dictionary<string, string>()),
            port,
            EndsWithStdin.Shell,
            EndsWithStdin.Arguments(program),
            Environment(port, otlpPort, program, inherited),
            Path.Combine(tree.Logs(pagePort), $"{Name}.log"),
            "/health")
        {
            IsNeededByOthers = true,
        };
    }

    /// <summary>What the services are told, so that all that they tell goes to it, and soon.</summary>
    /// <param name="otlpPort">The port where it takes OTLP.</param>
    /// <param name="inherited">What they inherit of the user's environment.</param>
    public static IEnumerable<(string Name, string Value)> Wiring(int otlpPort, IReadOnlyDictionary<string, string> inherited)
    {
        yield return ("OTEL_EXPORTER_OTLP_ENDPOINT", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{otlpPort}"));
        yield return ("OTEL_SDK_DISABLED", "false");
        yield return ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        foreach (var signal in new[] { "TRACES", "LOGS", "METRICS" })
        {
            yield return ($"OTEL_{signal}_EXPORTER", "otlp");
            // What a shell says of one signal would go before the above. An empty value counts as not set.
            yield return ($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "");
        }

        // Who looks at a page wants to see it. A queue has to last while the dashboard is slower than a burst of requests, and a batch is
        // given up when it took too long: the dashboard writes one at a time, into a database.
        foreach (var (name, value) in new[]
        {
            ("OTEL_BSP_SCHEDULE_DELAY", "1000"), ("OTEL_BLRP_SCHEDULE_DELAY", "1000"), ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "65536"), ("OTEL_BLRP_MAX_QUEUE_SIZE", "65536"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"), ("OTEL_BSP_EXPORT_TIMEOUT", "60000"), ("OTEL_BLRP_EXPORT_TIMEOUT", "60000"),
        })
        {
            if (string.IsNullOrEmpty(inherited.GetValueOrDefault(name)))
            {
                yield return (name, value);
            }
        }
    }

    /// <summary>Where productpage's visitors find a trace.</summary>
    /// <param name="port">The port of its page.</param>
    public static string TracePage(int port) => $"{Address(port)}/traces/detail/{{id}}";

    /// <summary>The address of its page.</summary>
    /// <param name="port">The port of its page.</param>
    public static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");

    /// <summary>
    /// Makes sure that nothing sends elsewhere: a service sends a signal to one address, so that somebody would look in vain.
    /// </summary>
    /// <param name="inherited">What the services inherit of the user's environment.</param>
    /// <param name="settings">What the user sets for services.</param>
    /// <exception cref="OperationFailedException">Something is set.</exception>
    public static void RequireNothingElsewhere(IReadOnlyDictionary<string, string> inherited, IEnumerable<EnvironmentSetting> settings)
    {
        var option = settings.FirstOrDefault(setting => Elsewhere.Contains(setting.Name) && setting.Value.Length > 0);
        var variable = option?.Name ?? Array.Find(Elsewhere, name => !string.IsNullOrEmpty(inherited.GetValueOrDefault(name)));
        if (variable is not null)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--dashboard makes the services send to the dashboard, but {variable} is set "
                + $"{(option is null ? "in your shell" : "by --env")}, "
                + "and a service sends to one address only. Leave out one of the two. For both to get everything, start a dashboard and a "
                + "collector that sends to both yourself, and set the variable to the collector.");
        }
    }

    private static Dictionary<string, string> Environment(
        int port, int otlpPort, string program, IReadOnlyDictionary<string, string> inherited)
    {
        // What the user says of telemetry is meant for the services.
        var environment = inherited.Where(variable => !variable.Key.StartsWith(TelemetrySettingNames.Prefix, StringComparison.Ordinal))
            .ToDictionary();
        environment["ASPNETCORE_URLS"] = Address(port);
        environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{otlpPort}");
        // Nobody else can reach it. Without a check of the host, a page in a browser here could, by a name that leads here.
        environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        environment["ALLOWEDHOSTS"] = "localhost;127.0.0.1;[::1]";
        environment["ASPNETCORE_CONTENTROOT"] = Path.GetDirectoryName(program) ?? "";
        environment["ASPNETCORE_SHUTDOWNTIMEOUTSECONDS"] = "2";
        environment["DASHBOARD__APPLICATIONNAME"] = "Bookinfo";
        foreach (var (name, value) in Limits)
        {
            if (!inherited.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                environment[name] = value.ToString(CultureInfo.InvariantCulture);
            }
        }

        return environment;
    }
}
