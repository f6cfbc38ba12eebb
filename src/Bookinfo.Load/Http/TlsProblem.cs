using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Bookinfo.Load;

/// <summary>Finds out what the TLS library said about a failure.</summary>
public static class TlsProblem
{
    /// <summary>Precedes the reason in a message of OpenSSL: <c>error:0A00042E:SSL routines::tlsv1 alert protocol version</c>.</summary>
    private const string OpenSsl = "SSL routines:";

    private const string RefusedCertificate = "it does not accept the client certificate";

    private static readonly (string Alert, string Advice)[] Known =
    [
        ("certificate required", "it requires a client certificate, and none is sent"),
        ("alert unknown ca", RefusedCertificate),
        ("alert bad certificate", RefusedCertificate),
        ("alert certificate expired", RefusedCertificate),
        ("alert certificate revoked", RefusedCertificate),
        ("alert certificate unknown", RefusedCertificate),
        ("alert unsupported certificate", RefusedCertificate),
        ("handshake failure", "it requires a client certificate, or TLS versions or ciphers that this machine does not use"),
        ("protocol version", "it supports no TLS version that this machine uses"),
        ("unsupported protocol", "it supports no TLS version that this machine uses"),
        ("unrecognized name", "it does not know this host name: use the name that it is configured for"),
    ];

    /// <summary>Describes a failure.</summary>
    /// <param name="failure">The exception from a handshake, or from reading or writing after it.</param>
    /// <returns>A part of a sentence; <see langword="null"/> when TLS was not the cause.</returns>
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

/// <summary>Says why a certificate is not trusted.</summary>
public static class CertificateProblem
{
    /// <summary>Describes what is wrong.</summary>
    /// <param name="errors">The errors that .NET found.</param>
    /// <param name="certificate">The certificate that the server sent; <see langword="null"/> when it sent none.</param>
    /// <param name="chain">The certificate and its issuers, as far as they are known.</param>
    /// <param name="name">The name that it should have.</param>
    /// <param name="now">The time.</param>
    /// <param name="trusting">What would have to trust the authority, for the message.</param>
    /// <returns>A part of a sentence that begins with "it"; <see langword="null"/> when nothing is wrong.</returns>
    public static string? Describe(
        SslPolicyErrors errors,
        X509Certificate2? certificate,
        X509Chain? chain,
        string name,
        DateTimeOffset now,
        string trusting = "this machine")
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it is missing";
        }

        var problems = new List<string>();
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status)
            ?? X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid) && FindOutOfTime(certificate, chain!, now) is { } late)
        {
            problems.Add(late);
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            problems.Add(certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                ? "it is self-signed"
                : $"it is signed by an authority that {trusting} does not trust ({Printable(MissingIssuer(certificate, chain))})");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            problems.Add(certificate.MatchesHostname(name.TrimEnd('.'))
                ? $"it has the name {name} as its common name only, not as a subject alternative name"
                : $"it is for {Names(certificate)}, not for {name}");
        }

        const X509ChainStatusFlags Said = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot
            | X509ChainStatusFlags.PartialChain;
        if (problems.Count == 0 || (status & ~Said) != 0)
        {
            problems.Add($"it is not valid ({status & ~Said})");
        }

        return string.Join(", and ", problems);
    }

    private static string? FindOutOfTime(X509Certificate2 certificate, X509Chain chain, DateTimeOffset now)
    {
        foreach (var link in chain.ChainElements.Select(element => element.Certificate))
        {
            var itself = link.Thumbprint == certificate.Thumbprint ? "it" : "the certificate of an issuer";
            if (now >= link.NotAfter)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{itself} expired on {link.NotAfter.ToUniversalTime():yyyy-MM-dd}");
            }

            if (now < link.NotBefore)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{itself} is valid only from {link.NotBefore.ToUniversalTime():yyyy-MM-dd} on");
            }
        }

        return null;
    }

    /// <summary>The issuer of the last certificate of the chain, which is the missing one: intermediate ones may be known.</summary>
    private static string MissingIssuer(X509Certificate2 certificate, X509Chain? chain) =>
        chain is { ChainElements: [.., var last] } ? last.Certificate.Issuer : certificate.Issuer;

    private static string Names(X509Certificate2 certificate)
    {
        List<string> names =
        [
            .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames()
                    .Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))),
        ];
        return names.Count == 0 ? Printable(
            certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false) is { Length: > 0 } name ? name : certificate.Subject)
            : names.Count <= 3 ? Printable(string.Join(" and ", names))
            : Printable(string.Create(CultureInfo.InvariantCulture, $"{names[0]} and {names.Count - 1} other names"));
    }

    /// <summary>Replaces control characters: a terminal must not obey text from a foreign certificate.</summary>
    private static string Printable(string text) => new([.. text.Select(static character => char.IsControl(character) ? '?' : character)]);
}
