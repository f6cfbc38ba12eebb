using System.Buffers.Binary;
using Bookinfo.Foundation;
using Bookinfo.Otlp;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>Being the platform: what comes by OTLP is kept, and sent on as it came.</summary>
public sealed class OtlpListenerTests
{
    private const string TracePath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string Trace = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_by_gRPC_is_kept_and_sent_on()
    {
        await using var platform = await OtlpReceiver.StartAsync();
        var port = FreePort.Find(count: 2);
        using var listener = new OtlpListener(port, platform.GrpcAddress);
        await listener.StartAsync(Token);
        // A second source of the same listener begins it once more.
        await listener.StartAsync(Token);

        using var service = new OtlpForwarder(new Uri($"http://127.0.0.1:{port}"));
        var answer = await service.SendAsync(Grpc(Span()), Token);

        Assert.Equal(0, answer.GrpcStatus);
        var span = Assert.Single(listener.Spans);
        Assert.Equal(
            new SeenSpan(SpanIds.Trace(Trace), 1, 2, new ServedKey("details", "v1", "GET", "/details/{id?}", "200"), 5, 9), span);
        Assert.Equal(Trace, Assert.Single(platform.Spans).TraceId);
        Assert.Equal("traced", Assert.Single(platform.Exports).Headers["x-tenant"]);
        Assert.Empty(listener.Notes);
    }

    [Fact]
    public async Task A_platform_that_does_not_take_it_is_named_and_the_services_are_told()
    {
        using var nobody = new ClosedPort();
        var port = FreePort.Find(count: 2);
        using var listener = new OtlpListener(port, nobody.Address);
        await listener.StartAsync(Token);
        using var service = new OtlpForwarder(new Uri($"http://127.0.0.1:{port}"));

        Assert.Equal(14, (await service.SendAsync(Grpc(Span()), Token)).GrpcStatus);
        using var other = new OtlpForwarder(new Uri($"http://127.0.0.1:{port + 1}"));
        Assert.Equal(503, (await other.SendAsync(Http(Span()), Token)).Status);

        Assert.Equal(2, listener.Spans.Count);
        Assert.Matches(@"^Requests not taken by http://\S+: 2\.$", Assert.Single(listener.Notes));
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused()
    {
        var port = FreePort.Find(count: 2);
        using var listener = new OtlpListener(port, forward: null);
        await listener.StartAsync(Token);
        using var service = new OtlpForwarder(new Uri($"http://127.0.0.1:{port}"));
        using var other = new OtlpForwarder(new Uri($"http://127.0.0.1:{port + 1}"));

        Assert.Equal(3, (await service.SendAsync(Grpc([0xff, 0xff]), Token)).GrpcStatus);
        Assert.Equal(3, (await service.SendAsync(Grpc([]) with { Body = [0, 1] }, Token)).GrpcStatus);
        Assert.Equal(400, (await other.SendAsync(Http([0xff, 0xff]), Token)).Status);
        var elsewhere = Http(Span()) with { Export = Export("/v1/other", "application/x-protobuf") };
        Assert.Equal(404, (await other.SendAsync(elsewhere, Token)).Status);
        Assert.Empty(listener.Spans);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        var port = FreePort.Find(count: 2);
        using var first = new OtlpListener(port, forward: null);
        await first.StartAsync(Token);
        using var second = new OtlpListener(port, forward: null);

        var exception = await Assert.ThrowsAsync<OperationFailedException>(() => second.StartAsync(Token));
        Assert.Equal(FailureKind.PortTaken, exception.Kind);
        Assert.StartsWith($"nothing can listen for OTLP on the ports {port} and {port + 1}: ", exception.Message, StringComparison.Ordinal);
    }

    private static OtlpRequest Grpc(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return new OtlpRequest(OtlpSignal.Traces, Export(TracePath, "application/grpc"), IsGrpc: true, frame, message);
    }

    private static OtlpRequest Http(byte[] message) =>
        new(OtlpSignal.Traces, Export("/v1/traces", "application/x-protobuf"), IsGrpc: false, message, message);

    private static OtlpExport Export(string path, string contentType) => new(
        path, new Dictionary<string, string> { ["content-type"] = contentType, ["x-tenant"] = "traced" }, IsCompressed: false);

    /// <summary>A span of details, with what <see cref="SpanKeys"/> reads.</summary>
    private static byte[] Span()
    {
        const ulong Server = 2;
        var span = ProtoMessage.Create().Add(1, Convert.FromHexString(Trace)).Add(2, Id(1)).Add(4, Id(2)).Add(5, "GET"u8.ToArray())
            .Add(6, Server).Add(7, 5UL, isFixed: true).Add(8, 9UL, isFixed: true).Add(9, Attribute("http.request.method", "GET"))
            .Add(9, Attribute("http.route", "/details/{id?}")).Add(9, Attribute("http.response.status_code", "200"));
        var resource = ProtoMessage.Create().Add(1, Attribute("service.name", "details")).Add(1, Attribute("service.version", "v1"));
        return ProtoMessage.Create().Add(1, ProtoMessage.Create().Add(1, resource.ToBytes())
            .Add(2, ProtoMessage.Create().Add(2, span.ToBytes()).ToBytes()).ToBytes()).ToBytes();
    }

    private static byte[] Id(byte last) => [0, 0, 0, 0, 0, 0, 0, last];

    private static byte[] Attribute(string name, string value) => ProtoMessage.Create().Add(1, System.Text.Encoding.UTF8.GetBytes(name))
        .Add(2, ProtoMessage.Create().Add(1, System.Text.Encoding.UTF8.GetBytes(value)).ToBytes()).ToBytes();
}
