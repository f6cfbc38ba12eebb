namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>How log lines are written to stdout.</summary>
internal enum LogFormat
{
    /// <summary>One JSON object a line, for platforms.</summary>
    Json,

    /// <summary>A line of text, for people.</summary>
    Text,
}
