using System.Text.RegularExpressions;
using Bookinfo.Foundation;
using Bookinfo.Local;

namespace Bookinfo.Cli.Images;

/// <summary>How the images are called: <c>registry/program:tag</c>.</summary>
/// <param name="Registry">The registry's host, and the path in it.</param>
/// <param name="Tag">The tag.</param>
/// <remarks>
/// The grammar is that of github.com/distribution/reference, which all tools follow. Names are full, with the registry's host: short ones
/// are completed by some tools and not by others, and a cluster does not find the image then.
/// </remarks>
internal sealed partial record ImageNames(string Registry, string Tag)
{
    /// <summary>What is allowed as a registry, in words.</summary>
    public const string RegistryRule =
        "it must be a registry's host and a path of lower-case names, such as ghcr.io/me/bookinfo or localhost:5000";

    /// <summary>What is allowed as a tag, in words.</summary>
    public const string TagRule = "it must be 1 to 128 letters, digits, '_', '.' and '-', and begin with none of the last two";

    /// <summary>What is allowed as the full name of an image, in words.</summary>
    public const string FullNameRule = "it must be debian, or an image's full name, such as registry.example/base:1.0";

    private const string Port = "(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
    private const string HostPart = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private const string Host = $@"(?:localhost|(?=[^/]*[.:]){HostPart}(?:\.{HostPart})*|\[[0-9A-Fa-f:]+\])(?::{Port})?";
    private const string Component = @"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*";
    private const string TagPattern = @"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

    /// <summary>The longest name without tag that the grammar has.</summary>
    private const int LongestName = 255;

    /// <summary>The name of a program's image.</summary>
    /// <param name="program">The program.</param>
    public string Of(NativeProgram program) => $"{Registry}/{program.Name}:{Tag}";

    /// <summary>Whether a text is a registry that images can be named for.</summary>
    /// <param name="text">What the user typed.</param>
    public static bool IsRegistry(string text) =>
        RegistryPattern().IsMatch(text)
        && NativeProgram.All.Max(program => program.Name.Length) + 1 + text.Length <= LongestName
        // What stands right below Docker Hub's root is renamed to docker.io/library by every tool.
        && text != "docker.io";

    /// <summary>Whether a text is a tag.</summary>
    /// <param name="text">What the user typed.</param>
    public static bool IsTag(string text) => WholeTag().IsMatch(text);

    /// <summary>Whether a text is the full name of an image, with its registry, and perhaps a tag and a digest.</summary>
    /// <param name="text">What the user typed.</param>
    public static bool IsFullName(string text) => FullName().IsMatch(text);

    [GeneratedRegex($"^{Host}(?:/{Component})*\\z")]
    private static partial Regex RegistryPattern();

    [GeneratedRegex($"^{TagPattern}\\z")]
    private static partial Regex WholeTag();

    [GeneratedRegex($"^{Host}(?:/{Component})+(?::{TagPattern})?(?:@sha256:[0-9a-f]{{64}})?\\z")]
    private static partial Regex FullName();
}

/// <summary>
/// The tag of the images that the manifests ask for, which stands in one place: <c>deploy/parts/pod/kustomization.yaml</c>.
/// </summary>
internal static partial class ImageTag
{
    /// <summary>Reads the tag of the manifests.</summary>
    /// <param name="tree">The working copy.</param>
    /// <exception cref="OperationFailedException">It is not there.</exception>
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
            throw new OperationFailedException(
                FailureKind.Failed, $"the default tag cannot be read ({exception.Message}): give one with --tag.");
        }

        return Pattern().Match(text) is { Success: true } match && ImageNames.IsTag(match.Groups[1].Value)
            ? match.Groups[1].Value
            : throw new OperationFailedException(
                FailureKind.Failed, $"{tree.Relative(file)} has no line 'newTag: ...' with a tag: give one with --tag.");
    }

    [GeneratedRegex(@"^\s*newTag:\s*[""']?([^\s""'#]+)", RegexOptions.Multiline)]
    private static partial Regex Pattern();
}
