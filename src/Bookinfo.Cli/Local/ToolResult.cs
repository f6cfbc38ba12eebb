namespace Bookinfo.Cli.Local;

/// <summary>How a program ended and what it said.</summary>
/// <param name="ExitCode">Its exit code; 0 is success.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Messages">Its stderr.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Messages)
{
    /// <summary>More than a tool says that has something to say.</summary>
    private const int LongestReason = 2000;

    /// <summary>Whether it did what it was told.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Why it failed: its last line, which is where all the tools used here say it, without what every such line begins and ends with.</summary>
    public string Reason
    {
        get
        {
            const string Prefix = "error: ";
            var last = (Messages.Trim() is { Length: > 0 } messages ? messages : Output.Trim()).Split('\n')[^1].Trim().TrimEnd('.');
            var reason = last.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? last[Prefix.Length..] : last;
            return reason.Length > 0 ? Cut(reason) : HowItEnded;
        }
    }

    /// <summary>What to say of a tool that has failed and said nothing.</summary>
    public string HowItEnded => $"it ended with {ServiceStatus.DescribeExit(ExitCode)}";

    /// <summary>Cuts what a tool says where it says too much to be read.</summary>
    /// <param name="text">What it says.</param>
    public static string Cut(string text) => text.Length <= LongestReason ? text : $"{text[..TextCut.Before(text, LongestReason)]}...";
}
