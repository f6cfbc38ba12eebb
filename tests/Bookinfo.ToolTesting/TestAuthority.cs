using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bookinfo.ToolTesting;

/// <summary>An authority that signs certificates of servers, of clients and of other authorities.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly byte[] Serial = [1, 2, 3];

    private readonly X509Certificate2 _itself;

    public TestAuthority(string name = "Test authority")
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        _itself = RequestAuthority(name, key).CreateSelfSigned(now.AddDays(-4), now.AddDays(4));
    }

    private TestAuthority(X509Certificate2 itself) => _itself = itself;

    /// <summary>Its certificate.</summary>
    public string Pem => _itself.ExportCertificatePem();

    /// <summary>Its certificate, as a kubeconfig has it.</summary>
    public string Data => Encode(Pem);

    /// <summary>Its certificate, to be sent with those that it has signed.</summary>
    public X509Certificate2Collection Certificates => [_itself];

    /// <summary>Text as a kubeconfig has it.</summary>
    public static string Encode(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));

    /// <summary>Adds it to those that a chain may end at.</summary>
    public void TrustIn(X509ChainPolicy policy) => policy.CustomTrustStore.Add(_itself);

    /// <summary>Makes another authority, whose certificate this one has signed.</summary>
    public TestAuthority SignAuthority(string name)
    {
        using var key = RSA.Create(2048);
        // Longer than what it is to sign, which must not be valid for longer.
        using var signed = Sign(RequestAuthority(name, key), 3);
        return new TestAuthority(signed.CopyWithPrivateKey(key));
    }

    /// <summary>Signs a certificate for a name or an address.</summary>
    /// <param name="name">The name or the address.</param>
    /// <param name="validDays">For how many days from now on.</param>
    /// <param name="isAlternative">
    /// Whether the name is a subject alternative name, as has long been required, and not only the common one.
    /// </param>
    public X509Certificate2 Issue(string name, int validDays = 1, bool isAlternative = true)
    {
        using var key = RSA.Create(2048);
        var request = Request(name, key);
        if (isAlternative)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        using var signed = Sign(request, validDays);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Signs a certificate of a client.</summary>
    /// <returns>The certificate and its key, in PEM.</returns>
    public (string Certificate, string Key) IssueToClient(string name)
    {
        using var key = RSA.Create(2048);
        using var signed = Sign(Request(name, key), 1);
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _itself.Dispose();

    private static CertificateRequest Request(string name, RSA key) =>
        new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static CertificateRequest RequestAuthority(string name, RSA key)
    {
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, int validDays)
    {
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(_itself, now.AddDays(-3), now.AddDays(validDays), Serial);
    }
}
