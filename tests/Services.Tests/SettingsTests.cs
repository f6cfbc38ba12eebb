using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Services.Tests;

/// <summary>A bad setting stops a service at once with one line that names the variable, the value and what is allowed.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("details", "ENABLE_EXTERNAL_BOOK_SERVICE", "maybe", "true or false")]
    [InlineData("details", "DO_NOT_ENCRYPT", "1", "true or false")]
    [InlineData("details", "ACCESS_LOG", "yes", "on or off")]
    [InlineData("details", "LOG_FORMAT", "xml", "json or text")]
    [InlineData("details", "MAX_CONCURRENT_REQUESTS", "0", "1 to 1000000")]
    [InlineData("details", "EXTERNAL_BOOK_SERVICE_URL", "googleapis.com", "an address")]
    [InlineData("details", "EXTERNAL_BOOK_SERVICE_URL", "ftp://googleapis.com", "an address")]
    [InlineData("details", "EXTERNAL_BOOK_SERVICE_URL", "http://googleapis.com:0", "an address")]
    [InlineData("ratings", "SERVICE_VERSION", "v-fualty", "v-faulty")]
    [InlineData("ratings", "SERVICE_VERSION", "V-Faulty", "v-faulty")]
    [InlineData("ratings", "SERVICE_VERSION", " v-delayed", "v-delayed")]
    [InlineData("ratings", "SERVICE_VERSION", "v2", "database")]
    [InlineData("ratings", "SERVICE_VERSION", "V2 ", "database")]
    [InlineData("ratings", "RANDOM_SEED", "-1", "0 to 2147483647")]
    [InlineData("reviews", "ENABLE_RATINGS", "yes", "true or false")]
    [InlineData("reviews", "STAR_COLOR", "red;", "color")]
    [InlineData("reviews", "RATINGS_HOSTNAME", "http://ratings", "host name")]
    [InlineData("reviews", "RATINGS_SERVICE_PORT", "tcp://10.0.0.7:9080", "1 to 65535")]
    [InlineData("reviews", "RATINGS_SERVICE_PORT", "0", "1 to 65535")]
    [InlineData("reviews", "SERVICES_DOMAIN", "a b", "host name")]
    [InlineData("productpage", "DETAILS_HOSTNAME", "details:9080", "host name")]
    [InlineData("productpage", "REVIEWS_SERVICE_PORT", "65536", "1 to 65535")]
    [InlineData("productpage", "REVIEWS_ENDPOINTS", "http://a:1,", "an address")]
    [InlineData("productpage", "REVIEWS_ENDPOINTS", "http://a:0", "an address")]
    [InlineData("productpage", "REVIEWS_ENDPOINTS", "http://a:1#", "an address")]
    [InlineData("productpage", "REVIEWS_ENDPOINTS", "http://a:1#v 1", "an address")]
    [InlineData("productpage", "REVIEWS_ENDPOINTS", "http://a:1#v12345678901234567890123456789012", "an address")]
    [InlineData("details", "EXTERNAL_BOOK_SERVICE_URL", "http://googleapis.com#v1", "an address")]
    [InlineData("productpage", "TRACE_PAGE_URL", "http://localhost:16686/trace/", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "http://localhost:16686/{id}/{id}", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "http://{id}/", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "http://a{id}", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "http://localhost:0/{id}", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "javascript:alert('{id}')", "an address with {id} once, after its host")]
    [InlineData("productpage", "TRACE_PAGE_URL", "/trace/{id}", "an address with {id} once, after its host")]
    [InlineData("productpage", "FLOOD_FACTOR", "many", "0 to 1000")]
    [InlineData("productpage", "FLOOD_FACTOR", "1001", "0 to 1000")]
    [InlineData("productpage", "DRAIN_SECONDS", "301", "0 to 300")]
    [InlineData("productpage", "STOP_WHEN_STDIN_CLOSES", "x", "true or false")]
    public void A_bad_value_is_named_with_its_variable_and_what_is_allowed(string service, string variable, string value, string allowed)
    {
        var exception = Assert.Throws<InvalidSettingException>(() => ServicePrograms.BuildOf(service)([$"--{variable}={value}"], null));
        Assert.Contains($"{variable}='", exception.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void A_short_session_key_is_refused_without_being_shown()
    {
        var exception = Assert.Throws<InvalidSettingException>(() => Bookinfo.ProductPage.Program.Build(["--SESSION_KEY=hush"]));
        Assert.Contains("SESSION_KEY", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("urls", "9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "https://*:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*:99999", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*:-1", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*:abc", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*:+9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*: 9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://[::ffff:0:0]:9080;http://*:9080", "ASPNETCORE_URLS")]
    [InlineData("HTTPS_PORTS", "9443", "ASPNETCORE_HTTPS_PORTS")]
    [InlineData("urls", "http://*:9080/base", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://localhost:0", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://300.1.2.3:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://[::1:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://::1:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://[1.2.3.4]:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://a b:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://unix:relative", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://unix:/", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://pipe:/name", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://*:9080;http://[::]:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", "http://localhost:9080;http://127.0.0.1:9080", "ASPNETCORE_URLS")]
    [InlineData("urls", ";", "ASPNETCORE_URLS")]
    [InlineData("HTTP_PORTS", "tcp://10.0.0.7:9080", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("HTTP_PORTS", "65536", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("HTTP_PORTS", "+9080", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("HTTP_PORTS", "9080,9081", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("HTTP_PORTS", "9080;9080", "ASPNETCORE_HTTP_PORTS")]
    [InlineData("HTTP_PORTS", ";;", "ASPNETCORE_HTTP_PORTS")]
    public void A_bad_address_to_listen_on_is_named(string key, string value, string variable)
    {
        var exception = Assert.Throws<InvalidSettingException>(() => Bookinfo.Details.Program.Build([$"--{key}={value}"]));
        Assert.Contains($"{variable}='{value}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("urls", "http://*:9080")]
    [InlineData("urls", "http://*:9081;http://localhost:9080")]
    [InlineData("urls", "http://127.0.0.1:9080")]
    [InlineData("HTTP_PORTS", "9081;9080")]
    public void The_management_port_is_not_that_of_the_service(string key, string value)
    {
        var exception = Assert.Throws<InvalidSettingException>(
            () => Bookinfo.Details.Program.Build([$"--{key}={value}", "--MANAGEMENT_LISTEN=9080"]));
        Assert.StartsWith(
            "MANAGEMENT_LISTEN='9080' is not allowed: it must be another port than that of the service, which listens on http://",
            exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("urls", "http://*:9080", "http://*:9080")]
    [InlineData("urls", "HTTP://+:9080/ ; http://[::1]:9081;", "HTTP://+:9080/;http://[::1]:9081")]
    [InlineData(
        "urls", "http://127.0.0.1:9080;http://127.0.0.1:9081;http://10.0.0.1:9080",
        "http://127.0.0.1:9080;http://127.0.0.1:9081;http://10.0.0.1:9080")]
    [InlineData("urls", "http://127.0.0.1:0;http://127.0.0.1:0", "http://127.0.0.1:0;http://127.0.0.1:0")]
    [InlineData("urls", "http://127.0.0.1:9080;http://[::1]:9080", "http://127.0.0.1:9080;http://[::1]:9080")]
    [InlineData("urls", "http://shop.example:9080", "http://shop.example:9080")]
    [InlineData("urls", "http://[fe80::1%25lo]:9080;http://[fe80::1%lo]:9081/", "http://[fe80::1%lo]:9080;http://[fe80::1%lo]:9081/")]
    [InlineData("urls", "http://[::ffff:127.0.0.1]:9080", "http://127.0.0.1:9080")]
    [InlineData("urls", "http://unix:/run/details.sock", "http://unix:/run/details.sock")]
    [InlineData("HTTP_PORTS", "9080; 09081", "http://*:9080;http://*:9081")]
    [InlineData("HTTP_PORTS", "", "http://*:9080")]
    public void A_good_address_is_listened_on(string key, string value, string addresses)
    {
        var app = Bookinfo.Details.Program.Build([$"--{key}={value}"]);
        Assert.Equal(addresses, app.Services.GetRequiredService<ListenAddresses>().ToString());
    }

    [Theory]
    [InlineData("10.0.0.7", "svc..local")]
    [InlineData("[::1]", "svc")]
    [InlineData("a", ".b")]
    public void A_host_and_a_domain_that_make_no_name_together_are_named(string host, string domain)
    {
        var exception = Assert.Throws<InvalidSettingException>(
            () => Bookinfo.Reviews.Program.Build([$"--RATINGS_HOSTNAME={host}", $"--SERVICES_DOMAIN={domain}"]));
        Assert.Contains($"SERVICES_DOMAIN='{domain}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REVIEWS_ENDPOINTS", "http://user:hush@reviews:9080", "REVIEWS_ENDPOINTS")]
    [InlineData("REVIEWS_ENDPOINTS", "ftp://user:hu@hush@reviews", "REVIEWS_ENDPOINTS='ftp://...@reviews'")]
    [InlineData("TRACE_PAGE_URL", "http://user:hush@jaeger/trace/{id}", "TRACE_PAGE_URL")]
    [InlineData("TRACE_PAGE_URL", "http://jaeger/trace?key=hush", "TRACE_PAGE_URL='http://jaeger/trace?...'")]
    [InlineData("DETAILS_HOSTNAME", "http://user:hush@details", "DETAILS_HOSTNAME='http://...@details'")]
    [InlineData("urls", "http://user:hush@127.0.0.1:9", "ASPNETCORE_URLS='http://...@127.0.0.1:9'")]
    [InlineData("DETAILS_HOSTNAME", "user:hush@details", "DETAILS_HOSTNAME='...@details'")]
    [InlineData("REVIEWS_ENDPOINTS", "http://reviews:9080/?key=hush", "REVIEWS_ENDPOINTS='http://reviews:9080/?...'")]
    [InlineData("REVIEWS_ENDPOINTS", "http://reviews:9080/?key=a@hush", "REVIEWS_ENDPOINTS='http://...'")]
    [InlineData("REVIEWS_ENDPOINTS", "http://user:hush?hush@reviews:9080", "REVIEWS_ENDPOINTS='http://...'")]
    [InlineData("REVIEWS_ENDPOINTS", "ftp://user:hush@reviews:9080/?key=hush", "REVIEWS_ENDPOINTS='ftp://...@reviews:9080/?...'")]
    [InlineData("REVIEWS_ENDPOINTS", "?hush=http://a", "REVIEWS_ENDPOINTS='?...'")]
    [InlineData("REVIEWS_ENDPOINTS", "?hush=http://a@hush", "REVIEWS_ENDPOINTS='?...'")]
    public void A_password_or_a_query_in_an_address_is_refused_without_being_shown(string variable, string value, string shown)
    {
        var exception = Assert.Throws<InvalidSettingException>(() => Bookinfo.ProductPage.Program.Build([$"--{variable}={value}"]));
        Assert.StartsWith(shown, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DRAIN_SECOND")]
    [InlineData("url")]
    [InlineData("ASPNETCORE_PORTS")]
    [InlineData("DETAILS_PORT")]
    [InlineData("SESION_KEY")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPONT")]
    [InlineData("OTEL_")]
    [InlineData("OTEL_PROPAGATORS")]
    public void An_argument_that_names_no_setting_is_refused_without_its_value(string name)
    {
        var exception = Assert.Throws<InvalidSettingException>(() => Bookinfo.Details.Program.Build([$"--{name}=hush"]));
        Assert.StartsWith($"argument 1='--{name}' is not allowed: it must be ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-x=1", "argument 2 is not allowed")]
    [InlineData("hush", "argument 2 is not allowed")]
    [InlineData("hush==", "argument 2 is not allowed")]
    [InlineData("", "argument 2 is not allowed")]
    [InlineData("--help", "argument 2='--help' is not allowed")]
    [InlineData("--SESSION_KEY", "argument 2='--SESSION_KEY' is not allowed")]
    [InlineData("--=hush", "argument 2='--' is not allowed")]
    [InlineData("SESSION_KEY=hush", "argument 2='SESSION_KEY' is not allowed")]
    [InlineData("-SESSION_KEY=hush", "argument 2='-SESSION_KEY' is not allowed")]
    public void An_argument_of_another_form_is_named_by_its_place_and_no_value_is_shown(string argument, string shown)
    {
        var exception = Assert.Throws<InvalidSettingException>(
            () => Bookinfo.ProductPage.Program.Build(["--OTEL_EXPORTER_OTLP_HEADERS=a=hush", argument, "--SESSION_KEY=hush"]));
        Assert.StartsWith($"{shown}: it must be of the form --NAME=value.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:7731", "http://127.0.0.1:7731")]
    [InlineData("aspnetcore_urls", "http://127.0.0.1:7731", "http://127.0.0.1:7731")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "7731", "http://*:7731")]
    public void Where_to_listen_may_have_its_prefix_in_arguments_as_well(string key, string value, string addresses)
    {
        var app = Bookinfo.Details.Program.Build([$"--{key}={value}"]);
        Assert.Equal(addresses, app.Services.GetRequiredService<ListenAddresses>().ToString());
    }

    [Fact]
    public void The_names_of_the_settings_are_those_of_the_documentation()
    {
        var lines = File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "settings.md"));
        // The table of the settings; after it comes that of the faults of ratings.
        var documented = lines.TakeWhile(line => !line.StartsWith("###", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(row => row.Split('|')[1].Split('`').Where((_, part) => part % 2 == 1))
            .Where(name => !name.StartsWith("OTEL_", StringComparison.Ordinal))
            // 'NAME_' is that of any service that another one calls.
            .SelectMany(name => name.StartsWith("NAME_", StringComparison.Ordinal)
                ? ServiceCatalog.All.Where(service => ServiceCatalog.All.Any(caller => caller.IsCallerOf(service)))
                    .Select(service => $"{service.Name.ToUpperInvariant()}{name["NAME".Length..]}")
                : [name]);
        Assert.Equal(SettingNames.All.Except(["ASPNETCORE_HTTPS_PORTS"]).Order(), documented.Distinct().Order());
    }

    [Fact]
    public void The_names_of_the_settings_of_telemetry_are_those_that_are_read()
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-test-");
        try
        {
            var read = new HashSet<string>();
            var configuration = new ConfigurationManager();
            ((IConfigurationBuilder)configuration).Add(new RecordingSource(read, new()
            {
                ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "disk",
                ["OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH"] = directory.FullName,
            }));
            var settings = new Settings(configuration);
            ServiceIdentity.Read(settings, ServiceCatalog.Ratings, "v1");
            TelemetryOptions.Read(settings);
            Assert.Equal(
                TelemetrySettingNames.All.Order(StringComparer.Ordinal),
                read.Where(name => name.StartsWith(TelemetrySettingNames.Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Empty_values_count_as_not_set_and_what_Kubernetes_injects_is_no_configuration()
    {
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, "FLOOD_FACTOR=", "SESSION_KEY=", "DETAILS_HOSTNAME=", "SERVICES_DOMAIN=");
        var addresses = page.Services.GetRequiredService<BackendAddresses>();
        Assert.Equal([new BackendAddress(new Uri("http://details:9080"), null)], addresses.Of(ServiceCatalog.Details));
        Assert.Equal([new BackendAddress(new Uri("http://reviews:9080"), null)], addresses.Of(ServiceCatalog.Reviews));

        // What it injects cannot be mistaken when there is no such name.
        string[] injected = ["DETAILS_PORT", "REVIEWS_PORT", "PRODUCTPAGE_PORT", "PRODUCTPAGE_PORT_9080_TCP", "DETAILS_SERVICE_HOST"];
        Assert.All(injected, name => Assert.False(SettingNames.Contains(name)));
    }

    [Theory]
    [InlineData(null, null, null, "http://ratings:9080/")]
    [InlineData(null, "svc.cluster.local", null, "http://ratings.svc.cluster.local:9080/")]
    [InlineData("other", "my.domain", "81", "http://other.my.domain:81/")]
    [InlineData("10.1.2.3", null, null, "http://10.1.2.3:9080/")]
    [InlineData("::1", null, "1", "http://[::1]:1/")]
    [InlineData("[::1]", null, "1", "http://[::1]:1/")]
    public void Where_a_backend_is_follows_from_host_domain_and_port(string? host, string? domain, string? port, string address)
    {
        var app = Bookinfo.Reviews.Program.Build(
            [$"--RATINGS_HOSTNAME={host}", $"--SERVICES_DOMAIN={domain}", $"--RATINGS_SERVICE_PORT={port}"]);
        var addresses = app.Services.GetRequiredService<BackendAddresses>().Of(ServiceCatalog.Ratings);
        Assert.Equal(address, Assert.Single(addresses).Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData("fe80::1%lo")]
    [InlineData("[fe80::1%lo]")]
    [InlineData("[fe80::1%25lo]")]
    public void The_zone_of_a_backend_is_called(string host)
    {
        var app = Bookinfo.Reviews.Program.Build([$"--RATINGS_HOSTNAME={host}", "--RATINGS_SERVICE_PORT=81"]);
        var addresses = app.Services.GetRequiredService<BackendAddresses>().Of(ServiceCatalog.Ratings);
        var target = new EndpointRotation(Assert.Single(addresses).Uri).At(0, "/ratings/0");
        Assert.Equal(("fe80::1%lo", 81, "/ratings/0"), (target.DnsSafeHost, target.Port, target.AbsolutePath));
    }

    [Fact]
    public void The_fragment_of_an_endpoint_is_its_version_and_not_called()
    {
        var app = Bookinfo.ProductPage.Program.Build(
            ["--REVIEWS_ENDPOINTS=http://a:9083/below#v1, http://[fe80::1%25lo]:9084#v2-rc.1,http://c:9085"]);
        var addresses = app.Services.GetRequiredService<BackendAddresses>().Of(ServiceCatalog.Reviews);
        Assert.Equal(["v1", "v2-rc.1", null], addresses.Select(address => address.Version));
        var rotation = new EndpointRotation([.. addresses.Select(address => address.Uri)]);
        Assert.Equal("http://a:9083/below/reviews/0", rotation.At(0, "/reviews/0").AbsoluteUri);
        Assert.Equal("fe80::1%lo", rotation.At(1, "/reviews/0").DnsSafeHost);
        Assert.Equal("", rotation.At(1, "/reviews/0").Fragment);
    }

    [Fact]
    public void The_zone_of_one_of_several_endpoints_is_called() =>
        Assert.Equal("fe80::1%lo", new EndpointRotation(new Uri("http://[fe80::1%25lo]:9083/below/")).At(0, "/reviews/0").DnsSafeHost);

    /// <summary>Settings, and the names of those that were asked for.</summary>
    private sealed class RecordingSource(HashSet<string> asked, Dictionary<string, string> values)
        : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            asked.Add(key);
            return values.TryGetValue(key, out value);
        }
    }
}
