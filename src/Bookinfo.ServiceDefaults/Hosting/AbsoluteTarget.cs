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
            && address.AbsolutePath is ['/', ..] escaped)
        {
            var rest = target[(scheme + EndOfScheme.Length)..];
            // No target may have a fragment. One that has is the path before it, and the rest stays in sight.
            var path = rest.IndexOfAny(['/', '?', '#']);
            request.RawTarget = path < 0 ? "/" : rest[path] == '/' ? rest[path..] : $"/{rest[path..]}";
            // A path with an escaped null cannot be unescaped again. As Kestrel has left it, it belongs to nothing that there is.
            if (!escaped.Contains("%00", StringComparison.Ordinal))
            {
                request.Path = PathString.FromUriComponent(escaped).Value!;
            }
        }

        return next(context);
    }
}
