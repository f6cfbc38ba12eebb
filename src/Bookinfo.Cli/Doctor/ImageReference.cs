namespace Bookinfo.Cli.Doctor;

/// <summary>The full name of an image.</summary>
/// <param name="Host">The registry's host, and port.</param>
/// <param name="Path">The path of the repository in it.</param>
/// <param name="Tag">The tag.</param>
internal sealed record ImageReference(string Host, string Path, string Tag)
{
    /// <summary>Completes a name as container runtimes do: Docker Hub, its <c>library</c>, and <c>latest</c> are what goes without saying.</summary>
    /// <param name="text">The name as manifests have it, such as <c>bookinfo/details:0.1.0</c>.</param>
    public static ImageReference Parse(string text)
    {
        text = text.Split('@')[0];
        var slash = text.IndexOf('/');
        var first = slash < 0 ? "" : text[..slash];
        var hasHost = first == "localhost" || first.AsSpan().ContainsAny('.', ':');
        var rest = hasHost ? text[(slash + 1)..] : text;
        var colon = rest.LastIndexOf(':');
        var path = colon < 0 ? rest : rest[..colon];
        var host = hasHost ? first : "docker.io";
        return new ImageReference(host, host == "docker.io" && !path.Contains('/') ? $"library/{path}" : path, colon < 0 ? "latest" : rest[(colon + 1)..]);
    }

    /// <summary>The same image elsewhere, or of another tag.</summary>
    /// <param name="registry">The registry's host and path; <see langword="null"/> for the same.</param>
    /// <param name="tag">The tag; <see langword="null"/> for the same.</param>
    public ImageReference With(string? registry, string? tag) => (registry is null ? this : Parse($"{registry}/{Path.Split('/')[^1]}")) with { Tag = tag ?? Tag };

    /// <inheritdoc/>
    public override string ToString() => $"{Host}/{Path}:{Tag}";
}
