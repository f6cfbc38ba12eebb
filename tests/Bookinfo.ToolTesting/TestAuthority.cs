using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bookinfo.ToolTesting;

/// <summary>An authority that signs certificates of servers.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _itself;

    public TestAuthority(string name = "Test authority")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        _itself = request.CreateSelfSigned(now.AddDays(-4), now.AddDays(4));
    }

    /// <summary>Its certificate, as a kubeconfig has it.</summary>
    public string Data => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_itself.ExportCertificatePem()));

    /// <summary>Signs a certificate for a name or an address.</summary>
    public X509Certificate2 Issue(string name, int validDays = 1)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
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
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.Create(_itself, now.AddDays(-3), now.AddDays(validDays), [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose() => _itself.Dispose();
}
