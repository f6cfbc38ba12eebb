namespace Bookinfo.Cli.Images;

/// <summary>How a program ended and what it said.</summary>
/// <param name="ExitCode">Its exit code; 0 is success.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Error">Its stderr.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>Why it failed: its last line, which is where all the tools used here say it, without what every such line begins and ends with.</summary>
    public string Reason
    {
        get
        {
            const string Prefix = "error: ";
            var last = (Error.Trim() is { Length: > 0 } error ? error : Output.Trim()).Split('\n')[^1].Trim().TrimEnd('.');
            var reason = last.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? last[Prefix.Length..] : last;
            return reason.Length > 0 ? reason : $"it ended with exit code {ExitCode}";
        }
    }
}
