using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Telemetry;
using Bookinfo.Testing;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Metrics;

namespace Services.Tests;

/// <summary>
/// The variables of OpenTelemetry that docs/telemetry.md names: a value that is not allowed is named, whether or not its signal is sent.
/// </summary>
public sealed class TelemetrySettingsTests
{
    /// <summary>
    /// What the names of the OTLP variables have between <c>OTEL_EXPORTER_OTLP_</c> and the end: those of all signals, and those of one.
    /// </summary>
    private static readonly string[] Scopes = ["", "TRACES_", "LOGS_", "METRICS_"];

    public static TheoryData<string, string> BadOtlp
    {
        get
        {
            (string Name, string[] Values)[] options =
            [
                ("ENDPOINT",
                [
                    "collector:4317", "collector", "ftp://collector", "http://", "unix:/run/otlp", "http://c:99999", "http://c:0",
                    "http://c:4317/#x", "http://[fe80::1%25lo]:4317", "http://[fe80::1%lo]:4317",
                ]),
                ("PROTOCOL", ["http/json", "http", "protobuf", "grpc "]),
                ("TIMEOUT", ["0", "-1", "abc", "1.5", "10s", "2147483648", " 5", "+5", "1e3"]),
                ("COMPRESSION", ["zstd", "deflate", "true"]),
                ("CERTIFICATE", ["/nonexistent", "/", "/proc/version", "\0"]),
                ("CLIENT_CERTIFICATE", ["/nonexistent", "/", "/proc/version"]),
                ("CLIENT_KEY", ["/nonexistent", "/", "/proc/version"]),
            ];
            return [.. Scopes.SelectMany(
                scope => options.SelectMany(option => option.Values.Select(value => ($"OTEL_EXPORTER_OTLP_{scope}{option.Name}", value))))];
        }
    }

    public static TheoryData<string, string> BadHeaders =>
    [
        .. Scopes.SelectMany(scope => new[]
        {
            "Authorization: Bearer hush", "hush", "=hush", "a=hush,b", "a b=hush", "a=hush%", "a=hush%zz", "a=hush%0d%0ab=c", "a=hush%00",
            "a=hush%C3%A9", "a=1,A=hush",
            "Content-Type=hush", "a%3Db=hush", "Transfer-Encoding=hush", "connection=hush", "Upgrade=hush", "user-agent=hush((",
            "User-Agent=/hush",
        }.Select(value => ($"OTEL_EXPORTER_OTLP_{scope}HEADERS", value))),
    ];

    [Theory]
    [MemberData(nameof(BadOtlp))]
    [InlineData("OTEL_TRACES_EXPORTER", "console")]
    [InlineData("OTEL_TRACES_EXPORTER", "otlp,")]
    [InlineData("OTEL_TRACES_EXPORTER", "prometheus")]
    [InlineData("OTEL_LOGS_EXPORTER", "stdout")]
    [InlineData("OTEL_METRICS_EXPORTER", "statsd")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes")]
    [InlineData("OTEL_TRACES_SAMPLER", "jaeger_remote")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "a tenth")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1.1")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "-0.1")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "NaN")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team=shop,region")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "=shop")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "share=50%")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team=shop,__name__=details")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "_.name._=details")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team=%ff")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team=%25%C3%28")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "te%ffam=shop")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/zero")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/dev/zero")]
    [InlineData("OTEL_SDK_DISABLED", "yes")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "0")]
    [InlineData("OTEL_BSP_EXPORT_TIMEOUT", "-1")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "0")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "2147483647")]
    [InlineData("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2049")]
    [InlineData("OTEL_BLRP_SCHEDULE_DELAY", "soon")]
    [InlineData("OTEL_BLRP_EXPORT_TIMEOUT", "1.5")]
    [InlineData("OTEL_BLRP_MAX_QUEUE_SIZE", "many")]
    [InlineData("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "0")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0")]
    [InlineData("OTEL_METRIC_EXPORT_TIMEOUT", "x")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "1e1")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "deltas")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "exponential")]
    [InlineData("OTEL_METRICS_EXEMPLAR_FILTER", "sometimes")]
    [InlineData("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "long")]
    [InlineData("OTEL_ATTRIBUTE_COUNT_LIMIT", "-1")]
    [InlineData("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "1e3")]
    [InlineData("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1.5")]
    [InlineData("OTEL_SPAN_EVENT_COUNT_LIMIT", "+1")]
    [InlineData("OTEL_SPAN_LINK_COUNT_LIMIT", "many")]
    [InlineData("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "2147483648")]
    [InlineData("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", " 1")]
    [InlineData("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "-5")]
    [InlineData("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "x")]
    [InlineData("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "often")]
    [InlineData("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "disk")]
    public void A_bad_value_is_named(string variable, string value)
    {
        var message = Assert.Throws<InvalidSettingException>(() => Read((variable, value))).Message;
        Assert.StartsWith($"{variable}='", message, StringComparison.Ordinal);
        Assert.Contains(" is not allowed: it must be ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Bad_headers_are_named_and_not_shown(string variable, string value)
    {
        var message = Assert.Throws<InvalidSettingException>(() => Read((variable, value))).Message;
        Assert.StartsWith($"{variable} is not allowed: it must be ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=b")]
    [InlineData("a=b,c=d")]
    [InlineData("a=b, c = d ,")]
    [InlineData("Authorization=Basic dXNlcjpodXNo==")]
    [InlineData("authorization=Bearer%20x%2Cy,user-agent=mine")]
    [InlineData("a=")]
    public void Good_headers_are_taken(string value) => Read(("OTEL_EXPORTER_OTLP_HEADERS", value));

    [Theory]
    [InlineData("ENDPOINT", "http://user:hush@collector:4317")]
    [InlineData("CLIENT_CERTIFICATE", "-----BEGIN CERTIFICATE----- hush")]
    [InlineData("CLIENT_KEY", "-----BEGIN PRIVATE KEY----- hush")]
    public void A_secret_where_none_belongs_is_not_shown(string option, string value) => Assert.All(Scopes, scope =>
    {
        var message = Assert.Throws<InvalidSettingException>(() => Read(($"OTEL_EXPORTER_OTLP_{scope}{option}", value))).Message;
        Assert.Contains($"OTEL_EXPORTER_OTLP_{scope}{option} is not allowed", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_query_is_for_one_signals_endpoint_by_http()
    {
        var exception = Assert.Throws<InvalidSettingException>(
            () => Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318?api_key=hush"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")));
        Assert.StartsWith("OTEL_EXPORTER_OTLP_ENDPOINT='http://c:4318?...' is not allowed: ", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidSettingException>(() => Read(("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4317?x=1")));
        Assert.True(Read(("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4318/v1/logs?x=1"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf")).PushLogs);
    }

    [Theory]
    [InlineData("http://c:4318/v1/traces")]
    [InlineData("http://c:4318/v1/logs/")]
    [InlineData("http://c:4318/base/v1/metrics")]
    [InlineData("http://c:4318/V1/Traces")]
    public void The_address_for_all_signals_is_not_that_of_one(string address)
    {
        const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";
        var exception = Assert.Throws<InvalidSettingException>(
            () => Read((Variable, address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")));
        Assert.StartsWith(
            $"{Variable}='{address}' is not allowed: it must be an address without /v1/", exception.Message, StringComparison.Ordinal);
        // To gRPC a path means nothing, and what is for one signal is taken as it is.
        Read((Variable, address));
        Read(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
    }

    [Theory]
    [InlineData("", "grpc", true, true, false)]
    [InlineData("TRACES_", "grpc", true, false, false)]
    [InlineData("LOGS_", "http/protobuf", false, true, false)]
    [InlineData("METRICS_", "http/protobuf", false, false, true)]
    public void An_endpoint_turns_on_what_it_is_for(string scope, string protocol, bool traces, bool logs, bool metrics)
    {
        var options = Read(($"OTEL_EXPORTER_OTLP_{scope}ENDPOINT", "http://c:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol));
        Assert.Equal((traces, logs, metrics), (options.Traces, options.PushLogs, options.PushMetrics));
        Assert.True(options.Metrics);
    }

    [Fact]
    public void A_batch_may_be_as_long_as_the_queue_and_follows_a_short_queue()
    {
        Read(("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"));
        Read(("OTEL_BLRP_MAX_QUEUE_SIZE", "100"));
        Assert.Throws<InvalidSettingException>(() => Read(("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "101")));
    }

    [Theory]
    [InlineData("1e-05")]
    [InlineData("2.5E-1")]
    [InlineData("0")]
    [InlineData("1.0")]
    public void A_share_may_be_written_as_other_programs_write_it(string share) => Read(("OTEL_TRACES_SAMPLER_ARG", share));

    [Fact]
    public void A_directory_for_what_was_not_sent_has_to_be_one()
    {
        const string Directory = "OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH";
        using var files = new Files();
        Read(("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "disk"), (Directory, files.Path("retry")));
        File.WriteAllText(files.Path("file"), "");
        var exception = Assert.Throws<InvalidSettingException>(
            () => Read(("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "disk"), (Directory, files.Path("file"))));
        Assert.StartsWith($"{Directory}='", exception.Message, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.EnumerateFiles(files.Path("retry"), "*", SearchOption.AllDirectories));
    }

    /// <summary>They are there, so that making them again succeeds.</summary>
    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/1")]
    [InlineData("/sys/kernel")]
    public void A_directory_for_what_was_not_sent_has_to_be_writable(string path)
    {
        const string Directory = "OTEL_DOTNET_EXPERIMENTAL_OTLP_DISK_RETRY_DIRECTORY_PATH";
        var exception = Assert.Throws<InvalidSettingException>(
            () => Read(("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "disk"), (Directory, path)));
        Assert.Equal($"{Directory}='{path}' is not allowed: it must be a directory that can be written.", exception.Message);
    }

    [Theory]
    [InlineData(null, ExemplarFilterType.TraceBased)]
    [InlineData("Trace_Based", ExemplarFilterType.TraceBased)]
    [InlineData("always_on", ExemplarFilterType.AlwaysOn)]
    [InlineData("ALWAYS_OFF", ExemplarFilterType.AlwaysOff)]
    public void Exemplars_are_those_that_are_asked_for(string? filter, ExemplarFilterType exemplars) =>
        Assert.Equal(exemplars, Read(("OTEL_METRICS_EXEMPLAR_FILTER", filter ?? "")).Exemplars);

    [Fact]
    public void Exporters_count_in_any_case() =>
        Assert.True(Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"), ("OTEL_METRICS_EXPORTER", "Prometheus,OTLP")).PushMetrics);

    [Fact]
    public void Words_count_in_any_case_and_empty_values_not_at_all() => Read(
        ("OTEL_TRACES_SAMPLER", "Always_Off"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "GZIP"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "GRPC"), (
            "OTEL_EXPORTER_OTLP_TIMEOUT", ""),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", ""), ("OTEL_EXPORTER_OTLP_CERTIFICATE", ""), ("OTEL_RESOURCE_ATTRIBUTES", ""));

    [Fact]
    public void Certificates_and_keys_are_loaded_at_the_start_and_have_to_fit()
    {
        using var files = new Files();
        var (certificate, key) = (files.Path("a.pem"), files.Path("a.key"));
        WritePair(certificate, key);
        var (other, otherKey) = (files.Path("b.pem"), files.Path("b.key"));
        WritePair(other, otherKey);
        File.WriteAllText(files.Path("both.pem"), File.ReadAllText(certificate) + "\n" + File.ReadAllText(key));
        using (var read = ECDsa.Create())
        {
            read.ImportFromPem(File.ReadAllText(key));
            var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1);
            File.WriteAllText(files.Path("secret.key"), read.ExportEncryptedPkcs8PrivateKeyPem("hush", encryption));
        }

        File.WriteAllBytes(files.Path("a.der"), X509Certificate2.CreateFromPem(File.ReadAllText(certificate)).RawData);

        foreach (var scope in Scopes)
        {
            var prefix = $"OTEL_EXPORTER_OTLP_{scope}";
            Read((prefix + "CERTIFICATE", certificate), (prefix + "CLIENT_CERTIFICATE", certificate), (prefix + "CLIENT_KEY", key));
            Read((prefix + "CERTIFICATE", files.Path("a.der")), (prefix + "CLIENT_CERTIFICATE", files.Path("both.pem")));
            // The key of another certificate, none, one that takes a password, and a certificate in place of the key.
            Assert.Throws<InvalidSettingException>(
                () => Read((prefix + "CLIENT_CERTIFICATE", certificate), (prefix + "CLIENT_KEY", otherKey)));
            Assert.Throws<InvalidSettingException>(() => Read((prefix + "CLIENT_CERTIFICATE", certificate)));
            Assert.StartsWith(
                prefix + "CLIENT_KEY='",
                Assert.Throws<InvalidSettingException>(() => Read((prefix + "CLIENT_CERTIFICATE", certificate),
                    (prefix + "CLIENT_KEY", files.Path("secret.key")))).Message, StringComparison.Ordinal);
            Assert.StartsWith(
                prefix + "CLIENT_KEY='", Assert.Throws<InvalidSettingException>(() => Read(
                    (prefix + "CLIENT_CERTIFICATE", certificate), (prefix + "CLIENT_KEY", certificate))).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What is not sent for want of an endpoint is told by name, and what is not asked for is not.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("OTEL_TRACES_EXPORTER=none", "")]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus", "")]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", "OTEL_TRACES_EXPORTER")]
    [InlineData("OTEL_TRACES_EXPORTER=otlp OTEL_SDK_DISABLED=true", "")]
    [InlineData("OTEL_TRACES_EXPORTER=otlp OTEL_EXPORTER_OTLP_ENDPOINT=http://c:1", "")]
    [InlineData("OTEL_METRICS_EXPORTER=prometheus,otlp OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:1", "OTEL_METRICS_EXPORTER")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=a=b OTEL_EXPORTER_OTLP_ENDPOINT=http://c:1", "")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=a=b OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://c:1", "")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_HEADERS=a=b OTEL_EXPORTER_OTLP_ENDPONT=http://c:1 OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=grpc",
        "OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_LOGS_PROTOCOL")]
    public void Settings_without_effect_for_want_of_an_endpoint_are_found(string settings, string found)
    {
        var pairs = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(setting => setting.Split('=', 2));
        Assert.Equal(found, string.Join(", ", Read([.. pairs.Select(pair => (pair[0], pair[1]))]).WithoutEffect));
    }

    [Fact]
    public async Task They_are_told_when_the_service_starts()
    {
        var log = new RecordedLog();
        await using var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build, log.AddTo, "OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc");
        Assert.StartsWith(
            "No effect, because no endpoint is set to send to: OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_PROTOCOL.",
            Assert.Single(log.Of("TelemetryNotSent")).Text,
            StringComparison.Ordinal);
    }

    /// <summary>A directory for files that a test makes.</summary>
    private sealed class Files : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-test-");

        public string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

        public void Dispose() => _directory.Delete(recursive: true);
    }

    private static void WritePair(string certificate, string key)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=test", pair, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
    }

    private static TelemetryOptions Read(params (string Name, string Value)[] settings)
    {
        var reader = new Settings(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))).Build());
        ServiceIdentity.Read(reader, Bookinfo.Contracts.ServiceCatalog.Ratings, "v1");
        return TelemetryOptions.Read(reader);
    }
}
