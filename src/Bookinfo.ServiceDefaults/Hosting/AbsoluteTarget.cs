using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>
/// Makes of a target that is a whole address, as clients of a proxy write it (RFC 9112 section 3.2.2), its path and query as they were
/// written. Kestrel unescapes the path of such a target wholly, also where an escaped slash belongs to a segment.
/// </summary>
internal static class AbsoluteTarget
{
    private const string EndOfScheme = "://";

    /// <summary>Middleware, to come before all that looks at the path.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What handles it.</param>
    public static Task Shorten(HttpContext context, RequestDelegate next)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        if (request.RawTarget is [not '/', ..] target
            && target.IndexOf(EndOfScheme, StringComparison.Ordinal) is > 0 and var scheme
            // To this class a backslash is a slash.
            && Uri.TryCreate(target.Replace("\\", "%5C", StringComparison.Ordinal), UriKind.Absolute, out var address)
            && address.AbsolutePath is ['/', ..] escaped
            // No path has an escaped null. Kestrel turns it away in a target that is a path only, and there is none to be found here.
            && !escaped.Contains("%00", StringComparison.Ordinal))
        {
            var rest = target[(scheme + EndOfScheme.Length)..];
            var path = rest.IndexOfAny(['/', '?']);
            request.RawTarget = path < 0 ? "/" : rest[path] == '/' ? rest[path..] : $"/{rest[path..]}";
            request.Path = PathString.FromUriComponent(escaped).Value!;
        }

        return next(context);
    }
}
