using System.Collections.Frozen;
using System.IO.Hashing;
using Bookinfo.ServiceDefaults.Answers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Bookinfo.ProductPage;

/// <summary>
/// The style sheet, script and pictures of the page, which are embedded in the program. They lie below <c>/static/</c> because the gateway
/// rules of the mesh tutorials let nothing else through.
/// </summary>
public sealed class StaticAssets
{
    private const string Prefix = "static/";

    private readonly FrozenDictionary<string, Asset> _assets;

    /// <summary>Reads the assets out of this assembly.</summary>
    public StaticAssets()
    {
        var assembly = typeof(StaticAssets).Assembly;
        _assets = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                var hash = Convert.ToHexStringLower(XxHash3.Hash(content));
                return new Asset(content, ContentTypeOf(name), hash, $"/{name}?v={hash}");
            });
    }

    /// <summary>The address of an asset. It changes with the content, so that browsers may keep what they have for ever.</summary>
    /// <param name="name">The name of the file.</param>
    /// <returns>A path on this host.</returns>
    /// <exception cref="KeyNotFoundException">There is no such asset.</exception>
    public string Address(string name) => _assets[name].Address;

    /// <summary>Answers a request for an asset.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="request">The request.</param>
    /// <returns>The file, 304 when the browser has it, or 404.</returns>
    public IResult Get(string name, HttpRequest request)
    {
        if (!_assets.TryGetValue(name, out var asset))
        {
            return JsonAnswer.Error(StatusCodes.Status404NotFound, "not found");
        }

        // Only the address with the hash stands for this very content.
        var caching = request.Query["v"] == asset.Hash ? "public, max-age=31536000, immutable" : "public, no-cache";
        var response = request.HttpContext.Response;
        response.OnStarting(() =>
        {
            // Only what is the content, or says that it has not changed: a failed condition (412) is an answer to one request.
            response.Headers.CacheControl = response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status304NotModified
                ? caching
                : default(StringValues);
            return Task.CompletedTask;
        });
        return TypedResults.Bytes(asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}\""));
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"Say here what content type {other} has."),
    };

    private sealed record Asset(byte[] Content, string ContentType, string Hash, string Address);
}
