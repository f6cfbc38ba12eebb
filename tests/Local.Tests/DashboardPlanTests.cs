using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Local.Tests;

/// <summary>How a run with the Aspire dashboard is planned, and how the services are wired to it.</summary>
public sealed class DashboardPlanTests
{
    private static readonly SourceTree Tree = new(WorkingCopy.Root);

    private static LocalOptions Options => new(false, 30080, 9081, ["v1", "v2", "v3"], [], DashboardPort: 18888);

    [Fact]
    public void It_is_the_first_process_and_the_others_wait_for_it()
    {
        var plan = Plan(Options with { PrometheusPort = null });

        Assert.Equal("http://localhost:18888", plan.Dashboard);
        var dashboard = plan.Services[0];
        Assert.Equal(("dashboard", 18888, null), (dashboard.Name, dashboard.Port, dashboard.ManagementPort));
        Assert.True(dashboard.IsNeededByOthers);
        Assert.DoesNotContain(plan.Services.Skip(1), service => service.IsNeededByOthers);
        Assert.Equal("details-v1", plan.Services[1].Name);
    }

    [Fact]
    public void Without_it_nothing_is_sent()
    {
        var plan = Plan(Options with { DashboardPort = null });

        Assert.Null(plan.Dashboard);
        Assert.DoesNotContain(plan.Services, service => service.Name == "dashboard");
        Assert.DoesNotContain(plan.Services.SelectMany(service => service.Environment.Keys), name => name.StartsWith("OTEL_"));
        Assert.DoesNotContain("TRACE_PAGE_URL", plan.Services[^1].Environment.Keys);
    }

    [Fact]
    public void It_listens_on_the_loopback_only_and_answers_to_no_other_name()
    {
        var environment = Plan(Options).Services[0].Environment;

        Assert.Equal("http://localhost:18888", environment["ASPNETCORE_URLS"]);
        Assert.Equal("http://127.0.0.1:18889", environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("localhost;127.0.0.1;[::1]", environment["ALLOWEDHOSTS"]);
    }

    [Fact]
    public void Its_limits_are_ours_unless_the_user_has_set_some_in_whatever_case()
    {
        var plan = Plan(Options, ("Dashboard__TelemetryLimits__MaxTraceCount", "7"), ("OTEL_SERVICE_NAME", "x"));
        var environment = plan.Services[0].Environment;

        Assert.Equal("7", environment["Dashboard__TelemetryLimits__MaxTraceCount"]);
        Assert.DoesNotContain("DASHBOARD__TELEMETRYLIMITS__MAXTRACECOUNT", environment.Keys);
        Assert.True(int.Parse(environment["DASHBOARD__TELEMETRYLIMITS__MAXLOGCOUNT"]) > 20_000 * 5);
        // What the user says of the telemetry of the services is not meant for it.
        Assert.DoesNotContain("OTEL_SERVICE_NAME", environment.Keys);
    }

    [Fact]
    public void OTLP_has_a_port_that_is_free_and_that_nothing_else_of_the_run_has()
    {
        var options = Options with { Port = 18889, BackendPort = 18891, ManagementPort = 18897 };

        var plan = LocalPlan.Create(options, Tree, new Dictionary<string, string>(), static port => port != 18890);

        // 18889 is the page's, 18890 taken, 18891 to 18895 the backends'.
        Assert.Equal("http://127.0.0.1:18896", plan.Services[0].Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.All(
            plan.Services.Skip(1), service => Assert.Equal("http://127.0.0.1:18896", service.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"]));
    }

    [Fact]
    public void Services_send_all_signals_to_it_whatever_the_shell_says_of_how()
    {
        var services = Plan(
            Options,
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_BSP_SCHEDULE_DELAY", "250"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")).Services.Skip(1);

        Assert.All(services, service =>
        {
            var environment = service.Environment;
            Assert.Equal("http://127.0.0.1:18889", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
            Assert.Equal(
                ("grpc", ""), (environment["OTEL_EXPORTER_OTLP_PROTOCOL"], environment["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"]));
            Assert.Equal("false", environment["OTEL_SDK_DISABLED"]);
            Assert.All(["TRACES", "LOGS", "METRICS"], signal => Assert.Equal("otlp", environment[$"OTEL_{signal}_EXPORTER"]));
            // How soon is a matter of taste.
            Assert.Equal(("250", "1000"), (environment["OTEL_BSP_SCHEDULE_DELAY"], environment["OTEL_BLRP_SCHEDULE_DELAY"]));
            // It takes one batch after the other, so each may have to wait for those of all the others.
            Assert.All(
                ["OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BLRP_EXPORT_TIMEOUT"],
                timeout => Assert.Equal("60000", environment[timeout]));
        });
        Assert.Equal("http://localhost:18888/traces/detail/{id}", services.Last().Environment["TRACE_PAGE_URL"]);
        Assert.All(services.SkipLast(1), service => Assert.DoesNotContain("TRACE_PAGE_URL", service.Environment.Keys));
    }

    [Fact]
    public void What_the_user_says_by_env_wins()
    {
        var services = Plan(Options with
        {
            Environment = [Setting("productpage:TRACE_PAGE_URL=http://a/{id}"), Setting("ratings:OTEL_TRACES_EXPORTER=none")],
        }).Services;

        Assert.Equal("http://a/{id}", services[^1].Environment["TRACE_PAGE_URL"]);
        Assert.Equal("none", services.Single(service => service.Name == "ratings-v1").Environment["OTEL_TRACES_EXPORTER"]);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", null, "OTEL_EXPORTER_OTLP_ENDPOINT is set in your shell")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", null, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set in your shell")]
    [InlineData(null, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT is set by --env")]
    [InlineData(null, "ratings:OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is set by --env")]
    public void An_endpoint_of_the_user_s_is_refused_as_a_service_sends_to_one_only(string? variable, string? setting, string message)
    {
        (string, string)[] shell = variable is null ? [] : [(variable, "http://me:hush@collector:4317")];
        EnvironmentSetting[] settings = setting is null ? [] : [Setting($"{setting}=http://me:hush@collector:4317")];

        var failure = Assert.Throws<OperationFailedException>(() => Plan(Options with { Environment = settings }, shell));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.Contains(message, failure.Message);
        Assert.DoesNotContain("hush", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static LocalPlan Plan(LocalOptions options, params (string Name, string Value)[] variables) =>
        LocalPlan.Create(options, Tree, variables.ToDictionary(variable => variable.Name, variable => variable.Value), static _ => true);

    private static EnvironmentSetting Setting(string text) =>
        EnvironmentSetting.TryParse(text, out var setting, out var error) ? setting : throw new FormatException(error);
}
