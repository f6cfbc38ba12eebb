using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>What a server of the OpenTelemetry protocol answers to messages that are not what they should be.</summary>
public sealed class OtlpServerTests
{
    private const int AtLeastDeep = 101;

    [Theory]
    [InlineData(16, 8, 1, HttpStatusCode.OK)]
    [InlineData(16, 8, 50, HttpStatusCode.OK)]
    [InlineData(8, 8, 1, HttpStatusCode.OK)]
    [InlineData(16, 8, AtLeastDeep, HttpStatusCode.BadRequest)]
    [InlineData(16, 8, 5000, HttpStatusCode.BadRequest)]
    [InlineData(17, 8, 1, HttpStatusCode.BadRequest)]
    [InlineData(0, 8, 1, HttpStatusCode.BadRequest)]
    [InlineData(16, 9, 1, HttpStatusCode.BadRequest)]
    public async Task Ids_of_another_length_and_values_of_any_depth_are_refused(int traceId, int spanId, int depth, HttpStatusCode status)
    {
        await using var server = await OtlpReceiver.StartAsync();
        using var content = new ByteArrayContent(Export(new byte[traceId], new byte[spanId], depth));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        Assert.Equal(status, await SendAsync(server, content));
    }

    [Fact]
    public async Task A_media_type_may_have_parameters()
    {
        await using var server = await OtlpReceiver.StartAsync();
        using var content = new ByteArrayContent(Export(new byte[16], new byte[8], depth: 1));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("Application/X-Protobuf; charset=utf-8");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, content));
        Assert.Single(server.Spans);
    }

    [Fact]
    public async Task A_small_message_that_becomes_long_is_refused()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var megabyte = 0; megabyte < 65; megabyte++)
            {
                gzip.Write(zeros);
            }
        }

        await using var server = await OtlpReceiver.StartAsync();
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(server, content));
    }

    private static async Task<HttpStatusCode> SendAsync(OtlpReceiver server, HttpContent content)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(
            new Uri(server.HttpAddress, "/v1/traces"), content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>An <c>ExportTraceServiceRequest</c> of one span with one attribute, a list in a list and so on.</summary>
    private static byte[] Export(byte[] traceId, byte[] spanId, int depth)
    {
        byte[] value = [];
        for (var level = 0; level < depth; level++)
        {
            value = Field(5, Field(1, value));
        }

        var attribute = Field(9, [.. Field(1, "key"u8.ToArray()), .. Field(2, value)]);
        return Field(1, Field(2, Field(2, [.. Field(1, traceId), .. Field(2, spanId), .. attribute])));
    }

    private static byte[] Field(int number, byte[] value)
    {
        List<byte> field = [(byte)((number << 3) | 2)];
        var length = value.Length;
        for (; length > 0x7F; length >>= 7)
        {
            field.Add((byte)(length | 0x80));
        }

        return [.. field, (byte)length, .. value];
    }
}
