namespace Bookinfo.Measurement.Tests;

/// <summary>What two systems differ in besides the change between them, and that no secret gets into a file.</summary>
public sealed class SetupTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void Only_what_differs_from_the_usual_is_kept()
    {
        var found = UnusualVariables.Find(
            new Dictionary<string, string>
            {
                ["FLOOD_FACTOR"] = "10",
                ["STAR_COLOR"] = "red",
                ["ENABLE_RATINGS"] = "",
                ["LOG_FORMAT"] = "",
                ["SERVICE_VERSION"] = "v2",
                ["SESSION_KEY"] = "a long secret key",
            },
            new Dictionary<string, string> { ["STAR_COLOR"] = "black", ["ENABLE_RATINGS"] = "true", ["SERVICE_VERSION"] = "v2" });

        Assert.Equal(
            new Dictionary<string, string> { ["ENABLE_RATINGS"] = "", ["FLOOD_FACTOR"] = "10", ["STAR_COLOR"] = "red" }, found);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_HEADERS")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_KEY")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES")]
    [InlineData("OTEL_SOMETHING_NEW")]
    [InlineData("EXTERNAL_BOOK_SERVICE_URL")]
    [InlineData("REVIEWS_ENDPOINTS")]
    [InlineData("MYSQL_DB_PASSWORD")]
    [InlineData("DOTNET_DASHBOARD_OTLP_APIKEY")]
    [InlineData("MY_TOKEN")]
    public void Of_what_may_be_a_secret_it_is_only_kept_that_it_is_set(string name) =>
        Assert.Equal("set", UnusualVariables.Find(new Dictionary<string, string> { [name] = "https://me:secret@host/" }, None)[name]);

    [Theory]
    [InlineData("LOG_FORMAT", "text")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "0.1")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]
    [InlineData("RATINGS_SERVICE_PORT", "9999")]
    [InlineData("DOTNET_TieredPGO", "0")]
    [InlineData("DOTNET_GCgen0size", "1000")]
    public void Values_that_cannot_be_secrets_are_kept(string name, string value) =>
        Assert.Equal(value, UnusualVariables.Find(new Dictionary<string, string> { [name] = value }, None)[name]);

    [Fact]
    public void What_a_terminal_would_obey_is_not_kept() =>
        Assert.Equal("a?[1m", UnusualVariables.Find(new Dictionary<string, string> { ["CLUSTER_NAME"] = "a\e[1m" }, None)["CLUSTER_NAME"]);

    [Fact]
    public void Each_difference_is_one_line_whatever_number_of_services_it_is_of()
    {
        Assert.Equal(
            [
                "Build of all services: native before, JIT after.",
                "FLOOD_FACTOR of details-v1: 1 before, not set after.",
                "LOG_FORMAT of all services: usual before, text after.",
            ],
            SetupText.Differences(
                [Setup("details-v1", "native", new() { ["FLOOD_FACTOR"] = "1" }), Setup("ratings-v1", "native", [])],
                [
                    Setup("details-v1", "jit", new() { ["FLOOD_FACTOR"] = "", ["LOG_FORMAT"] = "text" }),
                    Setup("ratings-v1", "jit", new() { ["LOG_FORMAT"] = "text" }),
                ]));
    }

    [Fact]
    public void A_sidecar_limits_an_image_and_nodes_are_told()
    {
        static ServiceSetup Pods(string node, params ContainerSetup[] containers) =>
            new("details-v1", null, null, None, containers, [node]);
        Assert.Equal(
            [
                "Container istio-proxy of details-v1: none before, proxyv2:1.27 (requests 10m CPU, 40Mi memory; limits none) after.",
                "Image of details-v1: details:1 before, details:2 after.",
                "Nodes of details-v1: a before, b after.",
                "Resources of details-v1: requests 100m CPU, 64Mi memory; limits 64Mi memory before, "
                    + "requests 100m CPU, 64Mi memory; limits 500m CPU, 64Mi memory after.",
            ],
            SetupText.Differences(
                [Pods("a", new ContainerSetup("details", "details:1", "100m", null, "64Mi", "64Mi"))],
                [
                    Pods(
                        "b", new ContainerSetup("details", "details:2", "100m", "500m", "64Mi", "64Mi"),
                        new ContainerSetup("istio-proxy", "proxyv2:1.27", "10m", null, "40Mi", null)),
                ]).Order(StringComparer.Ordinal));
    }

    /// <summary>An environment variable may have any name, and a file may come from a stranger.</summary>
    [Fact]
    public void A_variable_that_is_called_like_another_fact_and_a_container_that_is_there_twice_are_no_trouble()
    {
        var sidecar = new ContainerSetup("proxy", "proxy:1", null, null, null, null);
        var before = new ServiceSetup(
            "details-v1", null, null, new Dictionary<string, string> { ["Image"] = "a" },
            [sidecar with { Name = "details" }, sidecar, sidecar], null);
        var after = before with { Variables = new Dictionary<string, string> { ["Image"] = "b" } };

        Assert.Equal(["Image of details-v1: a before, b after."], SetupText.Differences([before], [after]));
    }

    [Fact]
    public void What_is_not_known_of_one_of_them_is_no_difference()
    {
        var known = new ServiceSetup(
            "details-v1", "native", "0.1.0", new Dictionary<string, string> { ["LOG_FORMAT"] = "text" },
            [new ContainerSetup("details", "i", null, null, null, null)], ["a"]);
        var unknown = new ServiceSetup("details-v1", null, null, null, null, null);

        Assert.Empty(SetupText.Differences([known], null));
        Assert.Empty(SetupText.Differences(null, [known]));
        Assert.Empty(SetupText.Differences([known], [unknown]));
        Assert.Empty(SetupText.Differences([unknown], [known]));
        Assert.Empty(SetupText.Differences([known], [known with { Service = "details-v2" }]));
        Assert.Empty(SetupText.Differences([known], [known]));
    }

    private static ServiceSetup Setup(string service, string build, Dictionary<string, string> variables) =>
        new(service, build, "0.1.0", variables, null, null);
}
