using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Connections;
using OpenTelemetry.Exporter;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Where and how a signal is sent by OTLP, from the variables of https://opentelemetry.io/docs/specs/otel/protocol/exporter/: each has a
/// name for all signals (<c>OTEL_EXPORTER_OTLP_TIMEOUT</c>) and one for each signal (<c>OTEL_EXPORTER_OTLP_TRACES_TIMEOUT</c>), which goes
/// before it.
/// </summary>
/// <remarks>
/// The SDK reads those for all signals only, takes a value that it cannot read for one that is not set, and some others for a reason to
/// throw. So everything is read here, and told to it.
/// </remarks>
internal sealed class OtlpSettings
{
    /// <summary>The beginning of the names of the variables.</summary>
    public const string General = "OTEL_EXPORTER_OTLP_";

    /// <summary>After so long a connection is replaced, so that new addresses and new replicas of a collector are found.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>What says how a request is sent is for who sends it to say; some of it would make every batch fail.</summary>
    private static readonly FrozenSet<string> ConnectionHeaders =
        FrozenSet.Create(
            StringComparer.OrdinalIgnoreCase,
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /// <summary>The most bytes of a file with certificates or a key, 1 MiB.</summary>
    private const int LargestFile = 1024 * 1024;

    private OtlpExportProtocol _protocol = OtlpExportProtocol.Grpc;
    private OtlpExportCompression _compression = OtlpExportCompression.None;
    private int _timeout = 10_000;
    private IReadOnlyList<(string Name, string Value)> _headers = [];
    private (string Variable, Uri Address)? _endpoint;
    private X509Certificate2Collection? _trusted;
    private (string Variable, string File)? _certificate;
    private (string Variable, string File)? _key;
    private X509Certificate2? _client;

    private OtlpSettings(string signal) => Report = new ExportReport(signal);

    /// <summary>Whether what is sent arrives.</summary>
    public ExportReport Report { get; }

    /// <summary>Whether it has an address to send to.</summary>
    public bool HasEndpoint => _endpoint is not null;

    /// <summary>Whether that address was named for this signal, and not for all of them.</summary>
    public bool HasOwnEndpoint { get; private set; }

    /// <summary>Reads the variables of a signal, and those of all signals for what they leave open.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="signal">TRACES, LOGS or METRICS.</param>
    /// <returns>What holds for the signal.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed, of this signal or of all.</exception>
    public static OtlpSettings Read(Settings settings, string signal)
    {
        var otlp = new OtlpSettings(signal.ToLowerInvariant());
        otlp.Take(settings, General);
        var forAll = otlp._endpoint;
        otlp.Take(settings, $"{General}{signal}_");
        otlp.HasOwnEndpoint = otlp._endpoint != forAll;
        // A gRPC call has a path of its own, and the general address gets the path of the signal.
        if (otlp._endpoint is ({ } variable, { Query.Length: > 0 } address)
            && (otlp._protocol == OtlpExportProtocol.Grpc || !otlp.HasOwnEndpoint))
        {
            throw new InvalidSettingException(
                variable, address.OriginalString, "an address without a query, which only one signal's endpoint by http/protobuf may have");
        }

        if (otlp is { HasOwnEndpoint: false, _protocol: OtlpExportProtocol.HttpProtobuf, _endpoint: var (name, general) }
            && PathOfSignal(general) is { } path)
        {
            throw new InvalidSettingException(
                name,
                general.OriginalString,
                $"an address without {path}, which is added to it; {General}{signal}_ENDPOINT is for one with its path");
        }

        otlp._client = LoadClient(otlp._certificate, otlp._key);
        return otlp;
    }

    /// <summary>Tells an exporter.</summary>
    /// <param name="exporter">Its options, which the SDK has filled from the variables for all signals.</param>
    public void Apply(OtlpExporterOptions exporter)
    {
        // Set, an address is taken as it is. The general one, to which the SDK adds the path of the signal, is there already.
        if (HasOwnEndpoint)
        {
            exporter.Endpoint = _endpoint!.Value.Address;
        }

        exporter.Protocol = _protocol;
        exporter.Compression = _compression;
        exporter.TimeoutMilliseconds = _timeout;
        // The SDK decodes all headers before it takes them apart. They are added by the client.
        exporter.Headers = null;
        exporter.UserAgentProductIdentifier = _headers.FirstOrDefault(static header => IsUserAgent(header.Name)).Value;
        exporter.HttpClientFactory = CreateClient;
    }

    /// <summary>The path of a signal that an address ends with, by which it is an address for one signal only.</summary>
    private static string? PathOfSignal(Uri address)
    {
        string[] paths = ["/v1/traces", "/v1/logs", "/v1/metrics"];
        return Array.Find(paths, path => address.AbsolutePath.TrimEnd('/').EndsWith(path, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsUserAgent(string name) => name.Equals("user-agent", StringComparison.OrdinalIgnoreCase);

    private void Take(Settings settings, string prefix)
    {
        var name = prefix + "ENDPOINT";
        _endpoint = settings.Text(name) is { } endpoint ? (name, ParseEndpoint(name, endpoint)) : _endpoint;
        _protocol = settings.Choice(prefix + "PROTOCOL", ProtocolName(_protocol), ProtocolName(Other(_protocol))) == ProtocolName(
            OtlpExportProtocol.Grpc)
            ? OtlpExportProtocol.Grpc
            : OtlpExportProtocol.HttpProtobuf;
        var (compression, otherCompression) = _compression == OtlpExportCompression.None ? ("none", "gzip") : ("gzip", "none");
        _compression = settings.Choice(prefix + "COMPRESSION", compression, otherCompression) == "none"
            ? OtlpExportCompression.None
            : OtlpExportCompression.GZip;
        // Not 0, which the standard reads as no limit: a collector that takes a batch and never answers would hold all later ones up for
        // good.
        _timeout = settings.Number(prefix + "TIMEOUT", _timeout, least: 1, most: int.MaxValue);
        name = prefix + "HEADERS";
        _headers = settings.Text(name) is { } headers ? ParseHeaders(name, headers) : _headers;
        name = prefix + "CERTIFICATE";
        _trusted = settings.Text(name) is { } trusted ? LoadTrusted(name, trusted) : _trusted;
        name = prefix + "CLIENT_CERTIFICATE";
        _certificate = settings.Text(name) is { } certificate ? (name, certificate) : _certificate;
        name = prefix + "CLIENT_KEY";
        _key = settings.Text(name) is { } key ? (name, key) : _key;
    }

    private static string ProtocolName(OtlpExportProtocol protocol) => protocol == OtlpExportProtocol.Grpc ? "grpc" : "http/protobuf";

    private static OtlpExportProtocol Other(OtlpExportProtocol protocol) =>
        protocol == OtlpExportProtocol.Grpc ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;

    private static Uri ParseEndpoint(string name, string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address is { Host: "" } or { Port: 0 } or { Fragment.Length: > 0 })
        {
            throw new InvalidSettingException(name, text, "an address such as http://collector:4317");
        }

        if (address.DnsSafeHost.Contains('%', StringComparison.Ordinal))
        {
            throw new InvalidSettingException(name, text, "an address without a zone, which the exporter would leave out");
        }

        InvalidSettingException.RequireNoUser(name, address, $"; headers go into {General}HEADERS");
        return address;
    }

    /// <summary>Reads <c>name=value,name=value</c>, both percent-encoded where they have to be.</summary>
    private static List<(string Name, string Value)> ParseHeaders(string name, string text)
    {
        var headers = new List<(string Name, string Value)>();
        // What would say no to it when it is sent says so now.
        using var probe = new HttpRequestMessage();
        foreach (var member in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (member.Split('=', 2) is not [var key, var value]
                || !PercentEncoding.TryDecode(key.Trim(), out key) || !PercentEncoding.TryDecode(value.Trim(), out value)
                || value.AsSpan().ContainsAnyExceptInRange(' ', '~')
                || headers.Exists(header => header.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
                || ConnectionHeaders.Contains(key)
                || (IsUserAgent(key) && value.Length > 0 && !probe.Headers.UserAgent.TryParseAdd(value))
                || !probe.Headers.TryAddWithoutValidation(key, value))
            {
                throw new InvalidSettingException(
                    $"{name} is not allowed: it must be a list such as x-token=abc,x-other=2, each header once and none that belongs to "
                    + "the connection, with %2C for a comma in a value. Its value is not shown, as it may be a secret.");
            }

            headers.Add((key, value));
        }

        return headers;
    }

    /// <summary>Loads those who may vouch for a collector: a file of PEM with one certificate or several, or of DER with one.</summary>
    private static X509Certificate2Collection LoadTrusted(string name, string file) =>
        LoadFile(name, file, "a file with a certificate, in PEM or DER", static content =>
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(Text(content));
            if (trusted.Count == 0)
            {
                trusted.Add(X509CertificateLoader.LoadCertificate(content));
            }

            return trusted;
        });

    /// <summary>Loads what the service shows of itself to a collector.</summary>
    private static X509Certificate2? LoadClient((string Variable, string File)? certificate, (string Variable, string File)? key) => (
        certificate, key) switch
    {
        (null, null) => null,
        (null, var (variable, file)) => throw RefuseFile(
            variable, file, $"set together with {General}CLIENT_CERTIFICATE, to which the key belongs"),
        (var (variable, file), null) => LoadFile(
            variable, file, "a file with a certificate and its private key, in PEM or PKCS #12 without a password", LoadWithKey),
        var ((variable, file), (keyVariable, keyFile)) => LoadFile(
            // Whether the key can be read at all is a question of its own.
            variable, file, $"a file with a certificate in PEM, to which the key of {keyVariable} belongs",
            content => X509Certificate2.CreateFromPem(
                Text(content), LoadFile(keyVariable, keyFile, "a file with a private key in PEM, not encrypted", ReadKey))),
    };

    private static X509Certificate2 LoadWithKey(byte[] content)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12(content, password: null);
        }
        catch (CryptographicException)
        {
            certificate = X509Certificate2.CreateFromPem(Text(content), Text(content));
        }

        return certificate.HasPrivateKey ? certificate : throw new CryptographicException("There is no private key.");
    }

    private static string ReadKey(byte[] content) =>
        Text(content) is var text
            && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            && !text.Contains("ENCRYPTED", StringComparison.Ordinal)
        ? text
        : throw new CryptographicException("There is no private key that can be read.");

    private static string Text(byte[] content) => Encoding.UTF8.GetString(content);

    private static T LoadFile<T>(string name, string file, string allowed, Func<byte[], T> load)
    {
        try
        {
            return load(SettingFile.Read(file, LargestFile, TimeProvider.System));
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            throw RefuseFile(name, file, allowed);
        }
    }

    /// <summary>Refuses the name of a file. Who puts the key itself where its file belongs must not find it in the log.</summary>
    private static InvalidSettingException RefuseFile(string name, string file, string allowed) =>
        file.Contains("-----BEGIN", StringComparison.Ordinal)
            ? new InvalidSettingException($"{name} is not allowed: it must be {allowed}; not what would stand in the file.")
            : new InvalidSettingException(name, file, allowed);

    private HttpClient CreateClient()
    {
        var client = new HttpClient(new OtlpChannel(CreateHandler, _protocol == OtlpExportProtocol.Grpc, Report))
        {
            Timeout = TimeSpan.FromMilliseconds(_timeout),
            MaxResponseContentBufferSize = OtlpChannel.LargestAnswer,
        };
        foreach (var (name, value) in _headers)
        {
            if (!IsUserAgent(name))
            {
                client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
            }
        }

        return client;
    }

    private SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = HostConnections.Shared.ConnectAsync,
            AllowAutoRedirect = false,
            // Trace headers would be those of whatever happens to be traced on the thread that sends.
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = ConnectionLifetime,
            // A proxy does not lead back to this machine. And gRPC without TLS goes through none: the platform speaks HTTP/2 through the
            // tunnel that a proxy makes for TLS, and not otherwise.
            UseProxy = _endpoint?.Address.IsLoopback != true
                && (_protocol != OtlpExportProtocol.Grpc || _endpoint?.Address.Scheme == Uri.UriSchemeHttps),
        };
        if (_trusted is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_trusted);
        }

        if (_client is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(
                _client, additionalCertificates: null, offline: true);
        }

        return handler;
    }
}
