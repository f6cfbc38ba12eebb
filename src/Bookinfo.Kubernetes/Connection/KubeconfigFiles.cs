using System.Text.Json.Nodes;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The files that kubectl's configuration is merged from. kubectl resolves a relative path in one of them against the directory of that
/// file.
/// </summary>
internal static class KubeconfigFiles
{
    /// <summary>Makes a path in the description of a user absolute.</summary>
    /// <param name="kubectl">kubectl.</param>
    /// <param name="user">The name of the user.</param>
    /// <param name="path">The path.</param>
    public static async Task<string> ResolveAsync(Kubectl kubectl, string user, string path, CancellationToken cancellationToken)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return path;
        }

        string[] files = Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } list
            ? [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath).Distinct()]
            : [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
        foreach (var file in files)
        {
            // When several files describe a user, the first one counts.
            if (files.Length == 1 || await HasUserAsync(kubectl, file, user, cancellationToken))
            {
                return Path.GetFullPath(path, Path.GetDirectoryName(file)!);
            }
        }

        return Path.GetFullPath(path);
    }

    private static async Task<bool> HasUserAsync(Kubectl kubectl, string file, string user, CancellationToken cancellationToken)
    {
        var view = await kubectl.ConfigAsync(["view", "--output=json"], cancellationToken, file);
        return view.Succeeded
            && JsonNode.Parse(view.Output)?["users"] is JsonArray users
            && users.Any(one => (string?)one?["name"] == user);
    }
}
