using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bookinfo.ProductPage;

/// <summary>
/// Who is signed in, kept in a cookie that only this service can make: the name, and an HMAC-SHA256 (RFC 2104) over it. Replicas with the
/// same key know each other's visitors. Nothing is secret in the cookie, so it is authenticated and not encrypted.
/// </summary>
public sealed partial class Sessions
{
    /// <summary>The name of the cookie.</summary>
    public const string CookieName = "session";

    /// <summary>The most characters that a name may have.</summary>
    public const int LongestName = 64;

    /// <summary>The most cookies of that name that are looked at, each of which takes a signature.</summary>
    private const int MostCookies = 8;

    private readonly Lazy<byte[]> _key;

    /// <summary>Takes the key from the settings, or makes one up.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="logger">Where it is said when the key was made up.</param>
    public Sessions(ProductPageOptions options, ILogger<Sessions> logger)
    {
        if (options.SessionKey is null)
        {
            RandomKey(logger);
        }

        // Not before somebody signs in: the cryptographic library takes 3.4 MB of memory.
        _key = new Lazy<byte[]>(() => options.SessionKey ?? RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));
    }

    /// <summary>The user that a request comes from.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The name; <see langword="null"/> for a visitor who is not signed in or whose cookie is forged.</returns>
    /// <remarks>
    /// Another application on the same host, on whatever port, may have a cookie of that name, and one whose name differs in case only is
    /// another cookie (RFC 6265). So each of that name counts, and the first that is ours holds.
    /// </remarks>
    public string? UserOf(HttpRequest request)
    {
        var left = MostCookies;
        foreach (var line in request.Headers.Cookie)
        {
            foreach (var part in line.AsSpan().Split(';'))
            {
                var cookie = line.AsSpan()[part].Trim(" \t");
                if (!cookie.StartsWith(CookieName + "=", StringComparison.Ordinal))
                {
                    continue;
                }

                if (left-- == 0)
                {
                    return null;
                }

                if (Verify(cookie[(CookieName.Length + 1)..]) is { } user)
                {
                    return user;
                }
            }
        }

        return null;
    }

    /// <summary>Signs a user in.</summary>
    /// <param name="response">The response that takes the cookie.</param>
    /// <param name="user">The name: 1 to <see cref="LongestName"/> characters.</param>
    public void Start(HttpResponse response, string user)
    {
        var name = Encoding.UTF8.GetBytes(user);
        response.Cookies.Append(
            CookieName, $"{Base64Url.EncodeToString(name)}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, name))}", Cookie);
    }

    /// <summary>Signs the user out.</summary>
    /// <param name="response">The response that takes the cookie away.</param>
    public static void End(HttpResponse response) => response.Cookies.Delete(CookieName, Cookie);

    private static CookieOptions Cookie => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" };

    private string? Verify(ReadOnlySpan<char> cookie)
    {
        var dot = cookie.IndexOf('.');
        if (dot < 0 || !TryDecode(cookie[..dot], out var name) || !TryDecode(cookie[(dot + 1)..], out var signature))
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(_key.Value, name))
            ? Encoding.UTF8.GetString(name)
            : null;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var valid = Base64Url.IsValid(text);
        bytes = valid ? Base64Url.DecodeFromChars(text) : [];
        return valid;
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "SessionKeyMade",
        Message = "SESSION_KEY is not set: sessions are signed with a random key, so a restart signs everybody out, and several replicas "
            + "do not know each other's users")]
    private static partial void RandomKey(ILogger logger);
}
