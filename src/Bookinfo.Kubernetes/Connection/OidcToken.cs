using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace Bookinfo.Kubernetes;

/// <summary>The id-token of an <c>auth-provider</c> <c>oidc</c> in a kubeconfig: a JSON Web Token, which says when it ends.</summary>
internal static class OidcToken
{
    /// <summary>How much longer a token has to be valid, so that it still is when it reaches the server. kubectl allows as much.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    /// <summary>Takes a token if it can be used.</summary>
    /// <param name="token">The token; <see langword="null"/> for none.</param>
    /// <param name="time">Tells the time.</param>
    /// <returns>The token; <see langword="null"/> when there is none, it has ended, or it does not say when it does.</returns>
    public static string? Valid(string? token, TimeProvider time) =>
        token is not null && End(token) is { } end && time.GetUtcNow() + Ahead < end ? token : null;

    private static DateTimeOffset? End(string token)
    {
        try
        {
            return token.Split('.') is [_, var claims, _] && JsonNode.Parse(Base64Url.DecodeFromChars(claims))?["exp"] is JsonValue end
                && end.TryGetValue(out double seconds) ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
        }
        catch (Exception exception) when (
            exception is FormatException or System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
