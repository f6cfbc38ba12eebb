using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>What is said when TLS does not come about: why, and what to do.</summary>
public sealed class LoadTlsTests
{
    private const string Advice = ". Accept any certificate with --insecure, or make this machine trust it.";

    private const string BadRequest = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost", 1, false, "it is self-signed")]
    [InlineData("localhost", -1, false, "it expired on {0}, and it is self-signed")]
    [InlineData("shop.example", 1, false, "it is self-signed, and it is for shop.example, not for localhost")]
    [InlineData("localhost", 1, true, "it is signed by an authority that this machine does not trust (CN=Somebody)")]
    public async Task A_certificate_that_is_not_trusted_is_told_with_the_reason(string name, int validDays, bool hasIssuer, string reason)
    {
        using var certificate = Certificate(name, validDays, hasIssuer);
        await using var server = Server(certificate);
        var target = await TargetAsync($"https://localhost:{server.Address.Port}");
        foreach (
            var make in new Func<BookinfoTraffic,
            Task<TrafficMix>>[] { setup => setup.UsualAsync(Cancelled), setup => setup.PathsAsync(["/x"], Cancelled) })
        {
            var failure = await Assert.ThrowsAsync<TargetException>(() => make(Setup(target)));
            var expired = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(
                $"the certificate of https://localhost:{server.Address.Port} is not trusted: {reason.Replace("{0}", expired)}{Advice}",
                failure.Message);
        }
    }

    [Fact]
    public async Task With_insecure_any_certificate_will_do()
    {
        using var certificate = Certificate("shop.example", -1, hasIssuer: true);
        await using var server = Server(certificate);

        Assert.Single((await Setup(await TargetAsync($"https://localhost:{server.Address.Port}", insecure: true))
            .PathsAsync(["/x"], Cancelled)).Templates);
    }

    [Fact]
    public async Task TLS_spoken_to_a_port_of_plain_http_is_told()
    {
        await using var server = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            // As servers do: what is not a request line is answered with 400, and hung up on.
            var buffer = new byte[4096];
            var read = await client.GetStream().ReadAsync(buffer, cancellationToken);
            var answer = buffer.AsSpan(0, read).StartsWith("GET "u8)
                ? LoadServer.Ok()
                : "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            await LoadServer.SendAsync(client.GetStream(), answer, cancellationToken);
        });
        var target = await TargetAsync($"https://localhost:{server.Address.Port}/x");
        var failure = await Assert.ThrowsAsync<TargetException>(() => Setup(target).PathsAsync(["/x"], Cancelled));

        Assert.Equal(
            $"https://localhost:{server.Address.Port} does not answer: TLS failed. It speaks plain http there: try "
            + $"http://localhost:{server.Address.Port}/x.", failure.Message);
    }

    [Theory]
    [InlineData(false, "http://localhost:{0} does not answer: connection closed early. It speaks TLS there: try https://localhost:{0}.")]
    [InlineData(true, "http://localhost:{0} is not Bookinfo's productpage: GET /productpage is answered with 400 and no page. "
        + "It speaks TLS there: try https://localhost:{0}.")]
    public async Task Plain_http_spoken_to_a_port_of_TLS_is_told(bool isPolite, string message)
    {
        using var certificate = Certificate("localhost", 1, hasIssuer: false);
        await using var server = Server(certificate, isPolite ? BadRequest : "");
        var failure = await Assert.ThrowsAsync<TargetException>(
            async () => await Setup(await TargetAsync($"http://localhost:{server.Address.Port}")).UsualAsync(Cancelled));

        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, message, server.Address.Port), failure.Message);
    }

    [Theory]
    [InlineData(40, "alert handshake failure: it requires a client certificate, or TLS versions or ciphers that this "
        + "machine does not use.")]
    [InlineData(70, "alert protocol version: it supports no TLS version that this machine uses.")]
    [InlineData(112, "unrecognized name: it does not know this host name: use the name that it is configured for.")]
    public async Task What_the_other_side_has_against_it_is_told(byte alert, string reason)
    {
        await using var server = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, cancellationToken);
            await client.GetStream().WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, alert }, cancellationToken);
        });
        var target = await TargetAsync($"https://localhost:{server.Address.Port}");
        var failure = await Assert.ThrowsAsync<TargetException>(() => Setup(target).PathsAsync(["/x"], Cancelled));

        Assert.StartsWith($"https://localhost:{server.Address.Port} does not answer: TLS failed: ", failure.Message);
        Assert.EndsWith(reason, failure.Message);
    }

    [Fact]
    public async Task So_is_what_goes_wrong_when_the_handshake_is_over()
    {
        using var certificate = Certificate("localhost", 1, hasIssuer: false);
        await using var server = Server(certificate, behind: [21, 3, 3, 0, 2, 2, 116]);
        var result = await LoadRunner.RunAsync(
            LoadRunner.Plan(new Uri($"https://localhost:{server.Address.Port}"), rate: 20, seconds: 0.2, insecure: true));

        Assert.Equal((4, 4), (result.Total.Sent, result.Total.Count(ErrorKind.Tls)));
        var warning = Assert.Single(AnswerCheck.Check(result));
        Assert.Equal("tls-failed", warning.Code);
        Assert.StartsWith("4 requests failed in TLS: ", warning.Text);
    }

    [Fact]
    public async Task What_is_not_an_answer_and_waits_on_a_fresh_connection_is_not_taken_for_one()
    {
        using var certificate = Certificate("localhost", 1, hasIssuer: false);
        await using var server = TlsServer(certificate, async (number, stream, cancellationToken) =>
        {
            if (number == 1)
            {
                await stream.WriteAsync(
                    "HTTP/1.1 408 Request Time-out\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancellationToken);
            }
            else
            {
                await AnswerAsync(stream, cancellationToken);
            }
        });
        var target = await TargetAsync($"https://localhost:{server.Address.Port}", insecure: true);

        var (error, answer, connection) = await OpenConnection.ExchangeAsync(
            target, () => OpenConnection.WasClosedAsync(server.Address.Port));
        Assert.Equal((ErrorKind.None, 200, 2), (error, answer.Status, connection.Opened));
    }

    [Fact]
    public async Task Session_tickets_that_wait_on_a_fresh_connection_do_not_end_it()
    {
        using var certificate = Certificate("localhost", 1, hasIssuer: false);
        var isReady = new TaskCompletionSource();
        await using var server = TlsServer(certificate, async (_, stream, cancellationToken) =>
        {
            isReady.TrySetResult();
            await AnswerAsync(stream, cancellationToken);
        });
        var target = await TargetAsync($"https://localhost:{server.Address.Port}", insecure: true);

        var (error, answer, connection) = await OpenConnection.ExchangeAsync(target, () => isReady.Task);
        Assert.Equal((ErrorKind.None, 200, 1), (error, answer.Status, connection.Opened));
    }

    [Fact]
    public async Task A_refusal_that_came_over_TLS_is_not_put_down_to_TLS()
    {
        using var certificate = Certificate("localhost", 1, hasIssuer: false);
        // As servers do that demand a certificate of the client: to plain http they answer the same.
        await using var server = Server(certificate, BadRequest, inTls: BadRequest);
        var target = await TargetAsync($"https://localhost:{server.Address.Port}", insecure: true);
        var failure = await Assert.ThrowsAsync<TargetException>(() => Setup(target).UsualAsync(Cancelled));

        Assert.Equal(
            $"https://localhost:{server.Address.Port} is not Bookinfo's productpage: GET /productpage is answered with 400 and no page. It "
            + "may require a client certificate, and none is sent.",
            failure.Message);
        var result = await LoadRunner.RunAsync(
            LoadRunner.Plan(new Uri($"https://localhost:{server.Address.Port}"), rate: 20, seconds: 0.2, insecure: true));
        Assert.Equal(4, result.Total.Count(400));
        Assert.Null(await SchemeProbe.AskAsync(target, result.Total, TimeProvider.System, Cancelled));
        Assert.Null(await SchemeProbe.AskAsync(target, TimeProvider.System, Cancelled));
    }

    [Theory]
    [InlineData(
        "SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL.", "error:0A000102:SSL routines::unsupported protocol",
        "unsupported protocol: it supports no TLS version that this machine uses")]
    [InlineData(
        "", "error:0A000458:SSL routines::tlsv1 unrecognized name",
        "tlsv1 unrecognized name: it does not know this host name: use the name that it is configured for")]
    [InlineData("", "error:0A000438:SSL routines::tlsv1 alert internal error", "tlsv1 alert internal error")]
    [InlineData(
        "",
        "error:0A000418:SSL routines::tlsv1 alert unknown ca",
        "tlsv1 alert unknown ca: it does not accept the client certificate")]
    [InlineData("", "Connection reset by peer", null)]
    public void What_the_library_says_is_found(string outer, string inner, string? said) =>
        Assert.Equal(said, TlsProblem.Describe(new AuthenticationException(
            "Authentication failed, see inner exception.", new IOException(outer, new CryptographicException(inner)))));

    [Fact]
    public void Of_a_chain_that_ends_too_early_the_authority_that_is_missing_is_named()
    {
        // A bundle may have those between, and lack the root.
        using var rootKey = RSA.Create(2048);
        using var middleKey = RSA.Create(2048);
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        var rootName = new X500DistinguishedName("CN=Root");
        var middleRequest = new CertificateRequest("CN=Middle", middleKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var middle = middleRequest.Create(
            rootName, X509SignatureGenerator.CreateForRSA(rootKey, RSASignaturePadding.Pkcs1), now.AddDays(-4), now.AddDays(4), [1]);
        using var middleWithKey = middle.CopyWithPrivateKey(middleKey);
        using var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(
            middleWithKey, now.AddDays(-3), now.AddDays(3), [2]);
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.Add(middle);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.Build(leaf);

        Assert.Equal(
            "it is signed by an authority that this machine does not trust (CN=Root)",
            CertificateProblem.Describe(SslPolicyErrors.RemoteCertificateChainErrors, leaf, chain, "localhost", now));
    }

    private static async Task<LoadTarget> TargetAsync(string url, bool insecure = false) =>
        await LoadTarget.ResolveAsync(new Uri(url), insecure, Cancelled);

    private static BookinfoTraffic Setup(LoadTarget target) =>
        new(target, [], 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System);

    private static X509Certificate2 Certificate(string name, int validDays, bool hasIssuer)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (!hasIssuer)
        {
            using var itself = request.CreateSelfSigned(now.AddDays(-3), now.AddDays(validDays));
            return X509CertificateLoader.LoadPkcs12(itself.Export(X509ContentType.Pkcs12), password: null);
        }

        using var issuerKey = RSA.Create(2048);
        var issuerRequest = new CertificateRequest("CN=Somebody", issuerKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        issuerRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var issuer = issuerRequest.CreateSelfSigned(now.AddDays(-4), now.AddDays(4));
        using var signed = request.Create(issuer, now.AddDays(-3), now.AddDays(validDays), [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    private static LoopbackServer TlsServer(X509Certificate2 certificate, Func<int, SslStream, CancellationToken, Task> serve) =>
        new(async (client, number, cancellationToken) =>
        {
            client.NoDelay = true;
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            await serve(number, stream, cancellationToken);
        });

    private static async Task AnswerAsync(SslStream stream, CancellationToken cancellationToken)
    {
        await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, cancellationToken);
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(LoadServer.Ok()), cancellationToken);
    }

    /// <summary>
    /// A server of TLS, which says something to those who speak plain http, or hangs up on them. To others it says what stands outside of
    /// TLS, or something within.
    /// </summary>
    private static LoopbackServer Server(X509Certificate2 certificate, string toPlain = "", byte[]? behind = null,
        string inTls = "") => new(async (client, _, cancellationToken) =>
    {
        client.NoDelay = true;
        var first = new byte[1];
        await client.Client.ReceiveAsync(first, System.Net.Sockets.SocketFlags.Peek, cancellationToken);
        if (first[0] != 0x16)
        {
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, cancellationToken);
            await LoadServer.SendAsync(client.GetStream(), toPlain, cancellationToken);
            return;
        }

        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, cancellationToken);
            await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(inTls), cancellationToken);
            await client.GetStream().WriteAsync(behind ?? [], cancellationToken);
        }
        catch (AuthenticationException)
        {
            // The client did not like it.
        }
    });
}
