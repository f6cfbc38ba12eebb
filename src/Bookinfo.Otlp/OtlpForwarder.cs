using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Bookinfo.Otlp;

/// <summary>Sends on what has come, as it came, to another server of the protocol.</summary>
/// <param name="target">Its address; it must speak what the requests came by.</param>
public sealed class OtlpForwarder(Uri target) : IDisposable
{
    private const string GrpcStatus = "grpc-status";

    /// <summary>The status of gRPC for a server that is not there.</summary>
    private const int Unavailable = 14;

    /// <summary>What belongs to the connection, or is made anew.</summary>
    private static readonly HashSet<string> OwnHeaders = ["host", "connection", "content-length", "transfer-encoding", "te"];

    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler { UseProxy = !target.IsLoopback, AutomaticDecompression = DecompressionMethods.None });

    private long _failed;

    /// <summary>How many requests did not arrive.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Sends a request on.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was answered; that nobody is there when nothing was.</returns>
    public async Task<OtlpAnswer> SendAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(target, request.Export.Path))
            {
                Version = request.IsGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(request.Body),
            };
            foreach (var (name, value) in request.Export.Headers.Where(header => !OwnHeaders.Contains(header.Key) && header.Key[0] != ':'))
            {
                if (!message.Headers.TryAddWithoutValidation(name, value))
                {
                    message.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }

            if (request.IsGrpc)
            {
                message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            }

            using var answer = await _client.SendAsync(message, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var status = request.IsGrpc ? GrpcStatusOf(answer) : null;
            if (!answer.IsSuccessStatusCode || status > 0)
            {
                Interlocked.Increment(ref _failed);
            }

            return new OtlpAnswer((int)answer.StatusCode, body, status);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            Interlocked.Increment(ref _failed);
            return request.IsGrpc
                ? OtlpAnswer.OfGrpc(Unavailable)
                : new OtlpAnswer((int)HttpStatusCode.ServiceUnavailable, [], null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>It stands behind the body, or in the head when there is no body.</summary>
    private static int? GrpcStatusOf(HttpResponseMessage answer) =>
        (answer.TrailingHeaders.TryGetValues(GrpcStatus, out var values) || answer.Headers.TryGetValues(GrpcStatus, out values))
        && int.TryParse(values.First(), CultureInfo.InvariantCulture, out var status)
            ? status
            : null;
}
