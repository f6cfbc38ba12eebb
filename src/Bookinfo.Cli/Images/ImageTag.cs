using System.Text.RegularExpressions;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Images;

/// <summary>The tag of the images that the manifests ask for, which stands in one place: <c>deploy/parts/pod/kustomization.yaml</c>.</summary>
internal static partial class ImageTag
{
    /// <summary>Reads it.</summary>
    /// <param name="tree">Where things are.</param>
    /// <exception cref="CommandFailedException">It is not there.</exception>
    public static string Read(SourceTree tree)
    {
        var file = Path.Combine(tree.Root, "deploy", "parts", "pod", "kustomization.yaml");
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (IOException exception)
        {
            throw new CommandFailedException(ExitCode.Failure, $"the default tag cannot be read ({exception.Message}): give one with --tag.");
        }

        return Pattern().Match(text) is { Success: true } match && ImageNames.IsTag(match.Groups[1].Value)
            ? match.Groups[1].Value
            : throw new CommandFailedException(ExitCode.Failure, $"{tree.Relative(file)} has no line 'newTag: &tag ...' with a tag: give one with --tag.");
    }

    // The anchor, by which the other images repeat it.
    [GeneratedRegex(@"^\s*newTag:\s*&tag\s+[""']?([^\s""'#]+)", RegexOptions.Multiline)]
    private static partial Regex Pattern();
}
