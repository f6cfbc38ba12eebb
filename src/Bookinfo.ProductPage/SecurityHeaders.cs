namespace Bookinfo.ProductPage;

/// <summary>Tells browsers to load nothing but this service's own files: no other host, no inline script or style, no framing.</summary>
/// <param name="next">What handles the request.</param>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // Signing in returns to the referring page, so the browser has to name it; to other hosts it has to say nothing.
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
