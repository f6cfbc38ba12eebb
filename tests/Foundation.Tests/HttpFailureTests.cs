using System.Security.Authentication;
using Bookinfo.Testing;

namespace Bookinfo.Foundation.Tests;

/// <summary>What is said where TLS keeps a request from being answered.</summary>
public sealed class HttpFailureTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_speaks_plain_http_is_told_apart()
    {
        await using var server = new LoopbackServer(static async (client, _, token) =>
        {
            var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), token);
            // To close it before all was read would reset the connection.
            await stream.CopyToAsync(Stream.Null, token);
        });
        var address = new UriBuilder(server.Address) { Scheme = Uri.UriSchemeHttps }.Uri;
        using var prometheus = new PrometheusClient(address);
        using var alertmanager = new AlertmanagerClient(address);

        var one = await Assert.ThrowsAsync<OperationFailedException>(() => prometheus.QueryAsync("up", Cancelled));
        var other = await Assert.ThrowsAsync<OperationFailedException>(() => alertmanager.FindVersionAsync(Cancelled));

        const string Why = "it speaks no TLS there: try http:// instead of https://.";
        Assert.Equal(
            ($"no Prometheus answers at {address}: {Why}", $"no Alertmanager answers at {address}: {Why}"), (one.Message, other.Message));
    }

    [Theory]
    [InlineData(
        "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot",
        "its certificate is not trusted (The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot): "
            + "trust it")]
    [InlineData(
        "The remote certificate was rejected by the provided RemoteCertificateValidationCallback.",
        "its certificate is not trusted: trust it")]
    [InlineData("Received an unexpected EOF.", "TLS cannot be spoken with it: Received an unexpected EOF")]
    public void A_certificate_is_named_as_the_cause(string inner, string description) => Assert.Equal(
        description,
        HttpFailure.Describe(
            new HttpRequestException(
                HttpRequestError.SecureConnectionError, "The SSL connection could not be established, see inner exception.",
                new AuthenticationException(inner)),
            "trust it"));

    [Fact]
    public void Another_failure_speaks_for_itself() => Assert.Equal(
        "Connection refused (127.0.0.1:9)", HttpFailure.Describe(new HttpRequestException("Connection refused (127.0.0.1:9).")));
}
