using System.Text.RegularExpressions;

namespace Bookinfo.Cli.Kubernetes;

/// <summary>What applying the manifests did.</summary>
/// <param name="Created">How many objects were made.</param>
/// <param name="Configured">How many were changed.</param>
/// <param name="Unchanged">How many were as they should be.</param>
/// <param name="Removed">What an earlier deployment had made and this one does not have.</param>
internal sealed partial record ApplySummary(int Created, int Configured, int Unchanged, IReadOnlyList<ObjectReference> Removed)
{
    /// <summary>Reads what <c>kubectl apply</c> wrote.</summary>
    /// <param name="outputs">Lines such as <c>service/details created</c>.</param>
    /// <param name="removed">What was removed beside that.</param>
    public static ApplySummary Parse(IEnumerable<string> outputs, IReadOnlyList<ObjectReference> removed)
    {
        var verbs = outputs.SelectMany(output => Result().Matches(output)).CountBy(match => match.Groups[1].Value).ToDictionary();
        return new ApplySummary(verbs.GetValueOrDefault("created"), verbs.GetValueOrDefault("configured"), verbs.GetValueOrDefault("unchanged"), removed);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Created} created, {Configured} changed, {Unchanged} unchanged"
        + (Removed.Count == 0 ? "." : $". Removed, because no longer part of it: {string.Join(", ", Removed)}.");

    [GeneratedRegex(@"^\S+/\S+ (created|configured|unchanged)\s*$", RegexOptions.Multiline)]
    private static partial Regex Result();
}
