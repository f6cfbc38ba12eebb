using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.ProductPage;

/// <summary>Signing in and out.</summary>
public static class SessionEndpoints
{
    private const string LoginPath = "/login";
    private const string LogoutPath = "/logout";

    /// <summary>Adds signing in and out to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapSession(this WebApplication app)
    {
        app.MapPost(LoginPath, LoginAsync);
        app.MapMethods(LogoutPath, ReadMethods.GetAndHead, Logout);
    }

    private static async Task<Results<RedirectHttpResult, JsonAnswer<ErrorMessage>>> LoginAsync(
        HttpRequest request, HttpResponse response, Sessions sessions)
    {
        if (!request.HasFormContentType)
        {
            return JsonAnswer.Error(StatusCodes.Status415UnsupportedMediaType, "please send a form with the field username");
        }

        if (await RequestBody.ReadFormAsync(request) is not { } form)
        {
            return JsonAnswer.Error(StatusCodes.Status400BadRequest, "please send a valid form");
        }

        // Of several it is the first, as for the original.
        var name = form["username"] is [{ } first, ..] ? first.Trim() : "";
        if (name.Length is 0 or > Sessions.LongestName || name.Any(char.IsControl))
        {
            return JsonAnswer.Error(
                StatusCodes.Status400BadRequest, $"please provide a username of 1 to {Sessions.LongestName} characters");
        }

        sessions.Start(response, name);
        return TypedResults.Redirect(ReturnPath(request));
    }

    private static RedirectHttpResult Logout(HttpRequest request, HttpResponse response)
    {
        Sessions.End(response);
        return TypedResults.Redirect(ReturnPath(request));
    }

    /// <summary>
    /// The referring page when it is on this host, else the product page. Only its path is used, so that nobody can be sent to another host
    /// by way of us.
    /// </summary>
    private static string ReturnPath(HttpRequest request)
    {
        if (Uri.TryCreate(HeaderText.InUtf8(request.Headers.Referer.ToString()), UriKind.Absolute, out var referrer)
            && referrer.Scheme is "http" or "https"
            && Uri.TryCreate($"{referrer.Scheme}://{request.Host}", UriKind.Absolute, out var here)
            // Proxies often pass the host on without the port that they were called on.
            && (request.Host.Port is null ? referrer.Host == here.Host : referrer.Authority == here.Authority)
            // To a browser a path that begins with two slashes is another host.
            && !referrer.AbsolutePath.StartsWith("//", StringComparison.Ordinal)
            // And a return to where sessions start and end would go in a circle.
            && !IsSessionPath(referrer.AbsolutePath))
        {
            return referrer.PathAndQuery;
        }

        return "/productpage";
    }

    /// <summary>
    /// Whether a path leads to where sessions start or end, in whatever way it is written: routing does not care about case, a slash at the
    /// end and escapes, nor do proxies on the way about dots and empty segments.
    /// </summary>
    private static bool IsSessionPath(string path)
    {
        var segments = new Stack<string>();
        foreach (var segment in Uri.UnescapeDataString(path).Split('/'))
        {
            if (segment == "..")
            {
                segments.TryPop(out _);
            }
            else if (segment is not ("" or "."))
            {
                segments.Push(segment);
            }
        }

        return segments.Count == 1
            && $"/{segments.Peek()}" is var only
            && (only.Equals(LoginPath, StringComparison.OrdinalIgnoreCase) || only.Equals(LogoutPath, StringComparison.OrdinalIgnoreCase));
    }
}
