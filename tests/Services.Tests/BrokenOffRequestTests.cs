using System.Net.Sockets;
using System.Text;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// Requests that break off at any byte. The visitor closed his side too early, which is a bad request; or he reset the connection, so he
/// has left.
/// </summary>
public sealed class BrokenOffRequestTests : IAsyncLifetime
{
    private const string Form = "username=Luce&passwd=x";
    private const string Multipart = "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nLuce\r\n--b--\r\n";

    private readonly ServicesUnderAttack _services = new();

    public ValueTask InitializeAsync() => _services.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Each row: a service, the head of a request, and its body.</summary>
    public static TheoryData<string, string, string> Requests => new()
    {
        { "ratings", "POST /ratings/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 15\r\n\r\n", """{"Reviewer1":5}""" },
        {
            "ratings", "POST /ratings/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            "8\r\n{\"Review\r\n7;a=b\r\ner1\":5}\r\n0\r\nX: y\r\n\r\n"
        },
        {
            "productpage",
            "POST /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + $"{Form.Length}\r\n\r\n",
            Form
        },
        {
            "productpage",
            $"POST /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
            + $"{Multipart.Length}\r\n\r\n",
            Multipart
        },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_ends_at_any_byte_is_a_4xx(string service, string head, string body)
    {
        var request = Encoding.Latin1.GetBytes(head + body);
        for (var length = 1; length < request.Length; length++)
        {
            var response = await RawHttp.SendAsync(_services[service].Address, request.AsMemory(0, length), endAfterwards: true);
            Assert.True(response is null or { Status: 400 }, $"{length} bytes: {response?.Status}");
        }

        // What has no end to its head never became a request; everything else did.
        var log = _services.LogOf(service);
        await Eventually.HoldsAsync(
            () => (log.Of("RequestRejected").Count, log.Of("RequestFinished").Count) == (head.Length - 1, body.Length)
                ? ""
                : $"{log.Of("RequestRejected").Count} rejected of {head.Length - 1}, {log.Of("RequestFinished").Count} "
                    + $"finished of {body.Length}");
        Assert.All(log.Of("RequestFinished").Concat(log.Of("RequestRejected")), logged => Assert.Equal(400, logged.Status));
        _services.AssertUnharmed(service);
    }

    /// <summary>
    /// Right after a request that is complete, the visitor closes his side. Whether he gets the answer is up to the server; that his
    /// request is done is not.
    /// </summary>
    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_ends_after_its_last_byte_is_done(string service, string head, string body)
    {
        const int Times = 100;
        var request = Encoding.Latin1.GetBytes(head + body);
        for (var time = 0; time < Times; time++)
        {
            await RawHttp.SendAsync(_services[service].Address, request, endAfterwards: true);
        }

        var log = _services.LogOf(service);
        await Eventually.HoldsAsync("all of them", () => log.Of("RequestFinished").Count == Times);
        Assert.Equal([(service == "ratings" ? 200 : 302, Times)], log.Of("RequestFinished").CountBy(logged => logged.Status!.Value)
            .Select(count => (count.Key, count.Value)));
        _services.AssertUnharmed(service);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_is_reset_at_any_byte_is_a_499_and_no_error(string service, string head, string body)
    {
        var request = Encoding.Latin1.GetBytes(head + body);
        for (var length = 1; length < request.Length; length++)
        {
            await RawHttp.ResetAsync(_services[service].Address, request.AsMemory(0, length));
        }

        // And once when the service has said that it reads the body.
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(
                _services[service].Address.Host, _services[service].Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                Encoding.Latin1.GetBytes($"{head[..^2]}Expect: 100-continue\r\n\r\n"), TestContext.Current.CancellationToken);
            await client.GetStream().ReadExactlyAsync(
                new byte["HTTP/1.1 100 Continue\r\n\r\n".Length], TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(body[..1]), TestContext.Current.CancellationToken);
            RawHttp.Reset(client);
        }

        await Eventually.HoldsAsync("The reset was not noticed.", () => _services.LogOf(service).Of("RequestFinished").Any());
        Assert.All(_services.LogOf(service).Of("RequestFinished"), logged => Assert.Equal(499, logged.Status));
        _services.AssertUnharmed(service);
    }
}
