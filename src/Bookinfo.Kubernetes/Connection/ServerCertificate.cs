using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Load;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Verifies the certificate of an API server as kubectl does: it is for the name that the server is called by, and an authority of the
/// kubeconfig has signed it, or one of the machine where the kubeconfig names none. KubernetesClient passes any name once the authority is
/// one of a kubeconfig, so that whoever has any certificate of the cluster would be given the credentials.
/// </summary>
/// <param name="authorities">The authorities that the kubeconfig names; may be empty.</param>
/// <param name="name">The name of the server.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerCertificate(X509Certificate2Collection authorities, string name, TimeProvider time)
{
    /// <summary>What was wrong with the last certificate, as part of a sentence; <see langword="null"/> when nothing was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Has every certificate verified.</summary>
    /// <param name="options">How TLS is spoken.</param>
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
            if (errors == SslPolicyErrors.RemoteCertificateChainErrors && EndsAtAuthority(chain))
            {
                errors = SslPolicyErrors.None;
            }

            var trusting = authorities.Count > 0 ? "the kubeconfig" : "this machine";
            Problem = CertificateProblem.Describe(errors, certificate as X509Certificate2, chain, name, time.GetUtcNow(), trusting);
            return Problem is null;
        };
    }

    /// <summary>
    /// Whether an authority of the kubeconfig has signed what is otherwise valid without being a root itself: it is trusted for what it is
    /// named for.
    /// </summary>
    private bool EndsAtAuthority(X509Chain? chain) =>
        chain is { ChainElements: [.., var last], ChainStatus: var problems }
        && problems.All(problem => problem.Status == X509ChainStatusFlags.PartialChain)
        && authorities.Any(authority => authority.RawData.AsSpan().SequenceEqual(last.Certificate.RawData));
}
