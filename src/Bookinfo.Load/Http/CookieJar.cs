using System.Globalization;

namespace Bookinfo.Load;

/// <summary>
/// The cookies of one visitor at one host, as a browser keeps them (RFC 6265): each by its name, domain and path, as a proxy on the way may
/// have added some of its own to those of the application.
/// </summary>
/// <param name="target">The host.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class CookieJar(LoadTarget target, TimeProvider time)
{
    private readonly OrderedDictionary<(string Name, string Domain, string Path), (string Value, bool IsSecure)> _cookies = [];

    /// <summary>Takes what an answer sets: a cookie that is there already gets another value, and one that has expired goes.</summary>
    /// <param name="header">The value of a <c>Set-Cookie</c> header.</param>
    /// <param name="requestPath">The path that was answered.</param>
    public void Take(string header, string requestPath)
    {
        var parts = header.Split(';');
        var equals = parts[0].IndexOf('=');
        // As a browser does: what has control characters is not kept at all.
        if (equals < 0 || header.Any(static character => char.IsAscii(character) && char.IsControl(character) && character != '\t')
            || parts[0][..equals].Trim() is not { Length: > 0 } name)
        {
            return;
        }

        var cookie = (Value: parts[0][(equals + 1)..].Trim(), IsSecure: false);
        var (domain, path) = ("", DefaultPath(requestPath));
        TimeSpan? maxAge = null;
        DateTimeOffset? expires = null;
        foreach (var attribute in parts.Skip(1))
        {
            equals = attribute.IndexOf('=');
            var value = equals < 0 ? "" : attribute[(equals + 1)..].Trim();
            switch ((equals < 0 ? attribute : attribute[..equals]).Trim().ToLowerInvariant())
            {
                case "domain" when value.TrimStart('.') is { Length: > 0 } given:
                    domain = given.ToLowerInvariant();
                    break;
                case "path":
                    path = value.StartsWith('/') ? value : DefaultPath(requestPath);
                    break;
                case "secure":
                    cookie.IsSecure = true;
                    break;
                case "max-age" when value.TrimStart('-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit):
                    maxAge = value[0] == '-' || digits.All(static digit => digit == '0') ? TimeSpan.Zero : TimeSpan.MaxValue;
                    break;
                // The day of the week, which may be any and is not looked at, ends with the comma.
                case "expires" when DateTimeOffset.TryParse(value[(value.IndexOf(',') + 1)..].Replace('-', ' '),
                    CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at):
                    expires = at;
                    break;
                default:
                    break;
            }
        }

        if (domain.Length > 0 && target.Name != domain && !target.Name.EndsWith($".{domain}", StringComparison.Ordinal))
        {
            // Another host's.
            return;
        }

        if (maxAge is { } age ? age == TimeSpan.Zero : expires <= time.GetUtcNow())
        {
            _cookies.Remove((name, domain, path));
        }
        else
        {
            _cookies[(name, domain, path)] = cookie;
        }
    }

    /// <summary>
    /// The value of the <c>Cookie</c> header of a request: those with the longest path first, then those that came first.
    /// </summary>
    /// <param name="path">The path of the request.</param>
    /// <returns>Empty when there are none for it.</returns>
    public string Header(string path) => string.Join("; ", For(path).Select(cookie => $"{cookie.Name}={cookie.Value}"));

    /// <summary>Whether a request has a cookie of a name, and not an empty one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="path">The path of the request.</param>
    public bool Has(string name, string path) => For(path).Any(cookie => cookie.Name == name && cookie.Value.Length > 0);

    private IEnumerable<(string Name, string Value)> For(string path) => _cookies
        .Where(cookie => IsBelow(path, cookie.Key.Path) && (target.IsTls || !cookie.Value.IsSecure))
        .OrderByDescending(cookie => cookie.Key.Path.Length)
        .Select(cookie => (cookie.Key.Name, cookie.Value.Value));

    private static string DefaultPath(string requestPath)
    {
        var path = WithoutQuery(requestPath);
        return path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
    }

    private static bool IsBelow(string requestPath, string path) =>
        WithoutQuery(requestPath) is var asked
        && asked.StartsWith(path, StringComparison.Ordinal)
        && (asked.Length == path.Length || path.EndsWith('/') || asked[path.Length] == '/');

    private static string WithoutQuery(string path) => path.IndexOf('?') is >= 0 and var query ? path[..query] : path;
}
