using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;

namespace Bookinfo.Local.Tests;

public sealed class LocalPlanTests
{
    private static readonly SourceTree Tree = new(WorkingCopy.Root);

    private static LocalOptions Defaults => new(false, 30080, 9081, ["v1", "v2", "v3"], []);

    [Fact]
    public void The_usual_ports_are_the_catalog_s()
    {
        var plan = Plan(Defaults);

        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => (version.Name, version.LocalPort)),
            plan.Services.Select(service => (service.Name, service.Port)));
        Assert.Equal("http://localhost:30080/productpage", plan.Page);
    }

    [Fact]
    public void A_version_keeps_its_port_when_another_is_left_out()
    {
        var plan = Plan(Defaults with { BackendPort = 100, ReviewsVersions = ["v3"] });

        Assert.Equal(104, plan.Services.Single(service => service.Name == "reviews-v3").Port);
        Assert.Equal("http://127.0.0.1:104#v3", plan.Services[^1].Environment["REVIEWS_ENDPOINTS"]);
    }

    [Fact]
    public void Management_ports_follow_the_page_s_and_leave_out_what_is_taken_or_belongs_to_the_run()
    {
        var plan = LocalPlan.Create(
            Defaults with { Port = 9060 }, Tree, new Dictionary<string, string>(), port => port != 9087);

        // From 9080 on, without the backends' 9081 to 9085.
        Assert.Equal([9080, 9086, 9088, 9089, 9090, 9091], plan.Services.Select(service => service.ManagementPort));
        Assert.All(plan.Services, service => Assert.Equal($"{service.ManagementPort}", service.Environment["MANAGEMENT_LISTEN"]));
    }

    [Fact]
    public void Management_ports_that_are_asked_for_are_taken_as_they_are()
    {
        var plan = LocalPlan.Create(
            Defaults with { ManagementPort = 31100, ReviewsVersions = ["v2"] }, Tree, new Dictionary<string, string>(), static _ => false);

        Assert.Equal([31100, 31101, 31103, 31105], plan.Services.Select(service => service.ManagementPort));
    }

    [Fact]
    public void Beyond_the_last_port_management_ports_begin_with_the_first() =>
        Assert.Equal(
            [65534, 65535, 1024, 1025, 1026, 1027],
            Plan(Defaults with { Port = 65514 }).Services.Select(service => service.ManagementPort));

    [Fact]
    public void Callers_know_where_those_are_that_they_call()
    {
        var plan = Plan(Defaults);

        var page = plan.Services[^1].Environment;
        Assert.Equal("http://127.0.0.1:9083#v1,http://127.0.0.1:9084#v2,http://127.0.0.1:9085#v3", page["REVIEWS_ENDPOINTS"]);
        Assert.Equal(("127.0.0.1", "9081"), (page["DETAILS_HOSTNAME"], page["DETAILS_SERVICE_PORT"]));
        Assert.Equal(("127.0.0.1", "9082"), (page["RATINGS_HOSTNAME"], page["RATINGS_SERVICE_PORT"]));
        var reviews = plan.Services.Single(service => service.Name == "reviews-v2").Environment;
        Assert.Equal(("127.0.0.1", "9082"), (reviews["RATINGS_HOSTNAME"], reviews["RATINGS_SERVICE_PORT"]));
        Assert.DoesNotContain("DETAILS_HOSTNAME", reviews.Keys);
    }

    [Fact]
    public void What_would_configure_a_service_is_not_inherited_and_the_rest_is()
    {
        var plan = Plan(
            Defaults,
            ("SERVICES_DOMAIN", "x"),
            ("DETAILS_PORT", "tcp://10.0.0.7:9080"),
            ("aspnetcore_environment", "x"),
            ("FLOOD_FACTOR", "3"),
            ("OTEL_SERVICE_NAME", "x"),
            ("PATH", "/bin"));

        var details = plan.Services[0].Environment;
        Assert.DoesNotContain("SERVICES_DOMAIN", details.Keys);
        Assert.DoesNotContain("DETAILS_PORT", details.Keys);
        Assert.DoesNotContain("aspnetcore_environment", details.Keys);
        Assert.Equal(("3", "x", "/bin"), (details["FLOOD_FACTOR"], details["OTEL_SERVICE_NAME"], details["PATH"]));
    }

    [Fact]
    public void The_session_key_is_the_user_s_or_random()
    {
        Assert.Equal("a key of the user's", Plan(Defaults, ("SESSION_KEY", "a key of the user's")).Services[^1].Environment["SESSION_KEY"]);
        var random = Plan(Defaults).Services[^1].Environment["SESSION_KEY"];
        Assert.True(random.Length >= 32);
        Assert.NotEqual(random, Plan(Defaults).Services[^1].Environment["SESSION_KEY"]);
        Assert.DoesNotContain("SESSION_KEY", Plan(Defaults).Services[0].Environment.Keys);
    }

    [Fact]
    public void The_closest_aim_wins_and_among_equals_the_last()
    {
        var plan = Plan(Defaults with
        {
            Environment = [Setting("reviews-v2:A=version"), Setting("reviews:A=service"), Setting("A=all"), Setting("A=all, later")],
        });

        Assert.Equal(
            plan.Services.Select(
                service => service.Name switch { "reviews-v2" => "version", "reviews-v1" or "reviews-v3" => "service", _ => "all, later" }),
            plan.Services.Select(service => service.Environment["A"]));
    }

    [Theory]
    [InlineData("A=b", null, "A", "b")]
    [InlineData("A=", null, "A", "")]
    [InlineData("ratings:SERVICE_VERSION=v-delayed", "ratings", "SERVICE_VERSION", "v-delayed")]
    [InlineData("URL_OF_IT=http://localhost:1/?a=b", null, "URL_OF_IT", "http://localhost:1/?a=b")]
    public void Settings_are_read(string text, string? target, string name, string value) =>
        Assert.Equal(new EnvironmentSetting(target, name, value), Setting(text));

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("A")]
    [InlineData("1A=b")]
    [InlineData("A B=c")]
    [InlineData("details:=c")]
    [InlineData("details-v9:A=b")]
    [InlineData("details:stop_when_stdin_closes=false")]
    [InlineData("FAULT=[]")]
    [InlineData("faults=[]")]
    [InlineData("details:OTEL_EXPORTER_OLTP_ENDPOINT=http://localhost:4317")]
    public void What_is_no_setting_is_refused(string text)
    {
        Assert.False(EnvironmentSetting.TryParse(text, out _, out var error));
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("FAULTS=[]", false)]
    [InlineData("OTEL_SERVICE_NAME=shop", false)]
    [InlineData("OTEL_OF_A_LIBRARY=x", false)]
    [InlineData("DOTNET_gcServer=1", false)]
    [InlineData("SOME_TOKEN=x", true)]
    public void What_no_service_and_no_library_reads_is_unknown(string text, bool unknown) =>
        Assert.Equal(unknown, Setting(text).IsUnknown);

    [Fact]
    public void Settings_of_the_shell_that_are_not_passed_on_are_found_unless_they_are_there_by_themselves() => Assert.Equal(
        ["FAULTS", "REVIEWS_ENDPOINTS"],
        InheritedEnvironment.FindLeftOut(new Dictionary<string, string>
        {
            ["REVIEWS_ENDPOINTS"] = "http://a",
            ["FAULTS"] = "[]",
            ["STAR_COLOR"] = "",
            ["FLOOD_FACTOR"] = "3",
            ["HOSTNAME"] = "pod",
            ["K8S_POD_NAME"] = "pod",
            ["ASPNETCORE_HTTP_PORTS"] = "8080",
            ["DETAILS_SERVICE_PORT"] = "9080",
            ["PATH"] = "/bin",
        }));

    private static LocalPlan Plan(LocalOptions options, params (string Name, string Value)[] variables) =>
        LocalPlan.Create(options, Tree, variables.ToDictionary(variable => variable.Name, variable => variable.Value), static _ => true);

    private static EnvironmentSetting Setting(string text) =>
        EnvironmentSetting.TryParse(text, out var setting, out var error) ? setting : throw new FormatException(error);
}
