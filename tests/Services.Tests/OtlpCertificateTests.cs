using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>
/// Spans go by TLS to a collector that the named certificate vouches for, with what the service shows of itself, and to no other.
/// </summary>
public sealed class OtlpCertificateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-test-");
    private readonly ConcurrentQueue<(string Path, string? Client)> _exports = new();
    private readonly X509Certificate2 _root = Make("CN=root", issuer: null);
    private readonly X509Certificate2 _other = Make("CN=other", issuer: null);

    public void Dispose()
    {
        _root.Dispose();
        _other.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("grpc", "", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    [InlineData("grpc", "TRACES_", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    [InlineData("http/protobuf", "", "/v1/traces")]
    [InlineData("http/protobuf", "TRACES_", "/v1/traces")]
    public async Task A_collector_is_trusted_by_its_certificate_and_knows_the_service_by_its_own(string protocol, string scope, string path)
    {
        await using var collector = await StartAsync(protocol);
        // The one that counts is not the first of the file.
        await SendAsync(collector, protocol,
        [
            (scope + "CERTIFICATE", Write("roots.pem", _other.ExportCertificatePem() + "\n" + _root.ExportCertificatePem())),
            .. Client(scope),
        ]);
        Assert.Equal([(path, "CN=service")], _exports);
    }

    [Fact]
    public async Task The_certificate_for_one_signal_goes_before_the_one_for_all()
    {
        await using var collector = await StartAsync("http/protobuf");
        await SendAsync(
            collector, "http/protobuf",
            [
                ("CERTIFICATE", Write("other.pem", _other.ExportCertificatePem())),
                ("TRACES_CERTIFICATE", Write("root.pem", _root.ExportCertificatePem())), .. Client(""),
            ]);
        Assert.Single(_exports);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_nobody_vouches_for_gets_nothing(bool another)
    {
        await using var collector = await StartAsync("http/protobuf");
        await SendAsync(collector, "http/protobuf",
        [
            .. another ? [("CERTIFICATE", Write("other.pem", _other.ExportCertificatePem()))] : Array.Empty<(string, string)>(),
            .. Client(""),
        ]);
        Assert.Empty(_exports);
    }

    /// <summary>A certificate that is good until the end of the next century, so that no test has to ask a clock.</summary>
    private static X509Certificate2 Make(string subject, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: issuer is null, hasPathLengthConstraint: false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var (first, last) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        if (issuer is null)
        {
            return request.CreateSelfSigned(first, last);
        }

        using var signed = request.Create(issuer, first, last, serialNumber: [1]);
        return signed.CopyWithPrivateKey(key);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private (string Name, string Value)[] Client(string scope)
    {
        using var client = Make("CN=service", _root);
        using var key = client.GetECDsaPrivateKey()!;
        return
        [
            (scope + "CLIENT_CERTIFICATE", Write("client.pem", client.ExportCertificatePem())),
            (scope + "CLIENT_KEY", Write("client.key", key.ExportPkcs8PrivateKeyPem())),
        ];
    }

    private async Task<WebApplication> StartAsync(string protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1;
            endpoint.UseHttps(https =>
            {
                https.ServerCertificate = Make("CN=collector", _root);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        var app = builder.Build();
        app.Run(context =>
        {
            _exports.Enqueue((context.Request.Path.Value!, context.Connection.ClientCertificate?.Subject));
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>One request to a service, and the end of it, by which everything is sent.</summary>
    private static async Task SendAsync(WebApplication collector, string protocol, (string Name, string Value)[] settings)
    {
        var endpoint = collector.Urls.Single() + (protocol == "grpc" ? "" : "/v1/traces");
        await using var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            [$"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={endpoint}", $"OTEL_EXPORTER_OTLP_PROTOCOL={protocol}", .. settings.Select(
                setting => $"OTEL_EXPORTER_OTLP_{setting.Name}={setting.Value}")]);
        Assert.Equal(200, (await RawHttp.GetAsync(ratings.Address, "/ratings/0"))!.Status);
    }
}
