namespace Bookinfo.Cli.Load;

/// <summary>Where a file really is, however it is named: two options must not write to the same one, nor to where the report goes.</summary>
internal static class OutputPath
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostLinks = 40;

    private const string Devices = "/dev/";
    private const string StandardOutput = "/dev/stdout";

    /// <summary>Looks for what is wrong with the files of a run.</summary>
    /// <param name="ledger">The file for the ledger.</param>
    /// <param name="hdr">The file for the log of histograms.</param>
    /// <returns>A line for the user; <see langword="null"/> when nothing is.</returns>
    public static string? FindProblem(string? ledger, string? hdr)
    {
        var output = Resolve(StandardOutput);
        foreach (var (option, file) in new[] { ("--ledger", ledger), ("--hdr", hdr) })
        {
            if (file is not null && output is not null && Resolve(file) == output && !IsDevice(output))
            {
                return $"{option}: '{file}' is where the report goes: name another file.";
            }
        }

        return ledger is not null && hdr is not null && Resolve(ledger) is { } one && one == Resolve(hdr) && !IsDevice(one)
            ? $"--ledger and --hdr: '{ledger}' and '{hdr}' are the same file: name two."
            : null;
    }

    /// <summary>What is written to a device, such as /dev/null, is not kept there, so nothing is overwritten.</summary>
    private static bool IsDevice(string path) => path.StartsWith(Devices, StringComparison.Ordinal);

    /// <summary>The path without links; <see langword="null"/> for one that cannot be.</summary>
    private static string? Resolve(string path)
    {
        try
        {
            var links = 0;
            return Resolve(Path.GetFullPath(path), ref links);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Whoever opens it says what is wrong.
            return null;
        }
    }

    private static string Resolve(string path, ref int links)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
            }
            else if (++links > MostLinks)
            {
                throw new IOException($"too many links: {path}");
            }
            else
            {
                resolved = Resolve(Path.GetFullPath(target, resolved), ref links);
            }
        }

        return resolved;
    }
}
