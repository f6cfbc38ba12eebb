namespace Bookinfo.Load;

/// <summary>Finds out what the library of TLS had to say of a failure.</summary>
public static class TlsProblem
{
    /// <summary>OpenSSL: <c>error:0A00042E:SSL routines::tlsv1 alert protocol version</c>.</summary>
    private const string OpenSsl = "SSL routines:";

    private const string RefusedCertificate = "it does not accept the certificate of the client";

    private static readonly (string Alert, string Advice)[] Known =
    [
        ("certificate required", "it demands a certificate of the client, and there is none to show"),
        ("alert unknown ca", RefusedCertificate),
        ("alert bad certificate", RefusedCertificate),
        ("alert certificate expired", RefusedCertificate),
        ("alert certificate revoked", RefusedCertificate),
        ("alert certificate unknown", RefusedCertificate),
        ("alert unsupported certificate", RefusedCertificate),
        ("handshake failure", "it demands a certificate of the client, or versions or ciphers of TLS that this machine does not use"),
        ("protocol version", "it speaks no version of TLS that this machine uses"),
        ("unsupported protocol", "it speaks no version of TLS that this machine uses"),
        ("unrecognized name", "it knows no host of this name: name it by the name that it has"),
    ];

    /// <summary>Describes a failure.</summary>
    /// <param name="failure">How a handshake, or reading or writing behind it, failed.</param>
    /// <returns>A part of a sentence; <see langword="null"/> when it was not a matter of TLS.</returns>
    public static string? Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.IndexOf(OpenSsl, StringComparison.Ordinal) is >= 0 and var start)
            {
                var said = cause.Message[(start + OpenSsl.Length)..].TrimStart(':');
                var advice = Known.FirstOrDefault(known => said.Contains(known.Alert, StringComparison.Ordinal)).Advice;
                return advice is null ? said : $"{said}: {advice}";
            }
        }

        return null;
    }
}
