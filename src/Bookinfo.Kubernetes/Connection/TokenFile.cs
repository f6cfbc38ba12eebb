using System.Net.Http.Headers;
using k8s.Authentication;
using k8s.Exceptions;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The token of a <c>tokenFile</c> of a kubeconfig. It is read again after a minute, as kubectl does: the tokens that a cluster puts there
/// are valid for an hour.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="fallback">
/// The <c>token</c> beside it, for as long as the file cannot be read; <see langword="null"/> when there is none.
/// </param>
internal sealed class TokenFile(string path, string? fallback, TimeProvider time) : ITokenProvider
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _token = fallback;
    private long? _read;

    /// <summary>Returns the token.</summary>
    /// <exception cref="KubeConfigException">There has never been a token.</exception>
    public string Read()
    {
        lock (_lock)
        {
            if (_token is null || _read is not { } read || time.GetElapsedTime(read) >= Validity)
            {
                _token = ReadFile() ?? _token ?? throw new KubeConfigException(
                    $"its tokenFile {path} cannot be read, or no token is in it");
                _read = time.GetTimestamp();
            }

            return _token;
        }
    }

    /// <inheritdoc/>
    public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new AuthenticationHeaderValue("Bearer", Read()));

    private string? ReadFile()
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } token ? Kubeconfig.RequireToken(token) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // While it is being replaced the file may be gone; the last token is valid for longer than that.
            return null;
        }
    }
}
