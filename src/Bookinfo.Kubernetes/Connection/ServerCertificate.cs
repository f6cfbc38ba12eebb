using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Load;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Verifies the certificate of an API server as kubectl does: it must be for the server's name, and signed by an authority of the
/// kubeconfig or, where the kubeconfig names none, by one that this machine trusts. KubernetesClient accepts any name once the authority is
/// one of a kubeconfig, so that anyone with any certificate of the cluster would be given the credentials.
/// </summary>
/// <param name="authorities">The authorities that the kubeconfig names; may be empty.</param>
/// <param name="name">The name of the server.</param>
internal sealed class ServerCertificate(X509Certificate2Collection authorities, string name, TimeProvider time)
{
    /// <summary>What was wrong with the last certificate, as part of a sentence; <see langword="null"/> when nothing was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Makes TLS verify every certificate this way.</summary>
    /// <param name="options">The TLS options to change.</param>
    public void Require(SslClientAuthenticationOptions options)
    {
        if (authorities.Count > 0)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && HasAuthority(chain))
            {
                errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
            }

            var itself = certificate as X509Certificate2;
            // .NET accepts the common name of a certificate without a subject alternative name; kubectl does not.
            if (errors == SslPolicyErrors.None && itself?.MatchesHostname(name.TrimEnd('.'), allowCommonName: false) == false)
            {
                errors = SslPolicyErrors.RemoteCertificateNameMismatch;
            }

            var trusting = authorities.Count > 0 ? "the kubeconfig" : "this machine";
            Problem = CertificateProblem.Describe(errors, itself, chain, name, time.GetUtcNow(), trusting);
            return Problem is null;
        };
    }

    /// <summary>
    /// Whether a chain that is otherwise valid has a certificate in it that the kubeconfig names. It need not be a root: it is trusted
    /// because the kubeconfig names it, whether it is the server's own or that of an issuer.
    /// </summary>
    private bool HasAuthority(X509Chain? chain) =>
        chain is { ChainElements: var elements, ChainStatus: var problems }
        && problems.All(problem => problem.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot)
        && elements.Any(element => authorities.Any(authority => authority.RawData.AsSpan().SequenceEqual(element.Certificate.RawData)));
}
