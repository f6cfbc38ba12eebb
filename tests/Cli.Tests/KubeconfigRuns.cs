using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Runs <c>bookinfo status</c> with a kubeconfig that a test writes, against servers that write down what they are asked.
/// </summary>
public abstract class KubeconfigRuns : IDisposable
{
    /// <summary>A user who signs in with the program of <see cref="WriteProgram"/>.</summary>
    private protected const string UserOfProgram =
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plug, interactiveMode: Never}}";

    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Where the kubeconfig is; is deleted at the end.</summary>
    private protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("bookinfo-kubeconfig-");

    /// <summary>Whom the kubeconfig trusts.</summary>
    private protected TestAuthority Authority { get; } = new();

    /// <summary>What the servers have been asked.</summary>
    private protected List<string> Heads { get; } = [];

    public void Dispose()
    {
        Authority.Dispose();
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the program that <see cref="UserOfProgram"/> signs in with.</summary>
    private protected void WriteProgram(string status)
    {
        var program = Path.Combine(Folder.FullName, "plug");
        File.WriteAllText(program, $$"""
            #!/bin/sh
            cat <<'END'
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{status}}}
            END

            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private protected static CommandRun Run(string kubeconfig, Dictionary<string, string>? environment = null, string? directory = null) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "status"], directory,
            new Dictionary<string, string>(environment ?? []) { ["KUBECONFIG"] = kubeconfig });

    /// <summary>What was asked first. Some kubectl asks as well, on its own account and with a query.</summary>
    private protected string VersionRequest() => Heads.First(IsOurs);

    private protected static bool IsOurs(string head) =>
        head.StartsWith("GET /version HTTP", StringComparison.Ordinal) || head.StartsWith("GET /version/ HTTP", StringComparison.Ordinal);

    private protected string Write(
        LoopbackServer server, string user, string setting = "", bool withAuthority = true, string scheme = "https") => Write(
            new UriBuilder(scheme, "127.0.0.1", server.Address.Port).Uri,
            user,
            setting + (withAuthority ? $", certificate-authority-data: {Authority.Data}" : ""));

    private protected string Write(Uri server, string user, string setting = "")
    {
        var file = Path.Combine(Folder.FullName, "config");
        File.WriteAllText(file, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "{{{server.ToString().TrimEnd('/')}}}"{{{setting}}}}}]
            users: [{name: me, user: {{{user}}}}]
            contexts: [{name: first, context: {cluster: one, user: me}}]
            current-context: first
            """);
        return file;
    }

    /// <summary>A server that writes down what it is asked, and never has anything.</summary>
    /// <param name="certificate">Its certificate; without one it does not speak TLS.</param>
    /// <param name="answer">What it answers.</param>
    /// <param name="sentWith">The authority whose certificate it sends with its own.</param>
    /// <param name="demandsClient">Whether it answers only those who show a certificate that leads to the authority.</param>
    private protected LoopbackServer Server(
        X509Certificate2? certificate,
        string answer = Unavailable,
        TestAuthority? sentWith = null,
        bool demandsClient = false) => new(async (client, _, cancellationToken) =>
    {
        Stream stream = client.GetStream();
        if (certificate is not null)
        {
            var tls = new SslStream(stream);
            stream = tls;
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, sentWith?.Certificates, offline: true),
            };
            if (demandsClient)
            {
                options.ClientCertificateRequired = true;
                options.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                };
                Authority.TrustIn(options.CertificateChainPolicy);
            }

            try
            {
                await tls.AuthenticateAsServerAsync(options, cancellationToken);
            }
            catch (AuthenticationException)
            {
                // One of the two did not like the other.
                return;
            }
        }

        var buffer = new byte[16384];
        var length = await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, cancellationToken);
        if (length > 0)
        {
            lock (Heads)
            {
                Heads.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, length));
            }

            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), cancellationToken);
        }
    });
}
