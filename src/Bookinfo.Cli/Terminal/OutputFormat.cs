namespace Bookinfo.Cli.Terminal;

/// <summary>How data is written to stdout.</summary>
internal enum OutputFormat
{
    /// <summary>For people: a table, kept up to date on a terminal.</summary>
    Table,

    /// <summary>For programs: one JSON object per line.</summary>
    Json,
}
