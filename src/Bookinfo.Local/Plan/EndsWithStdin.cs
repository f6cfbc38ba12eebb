namespace Bookinfo.Local;

/// <summary>
/// Runs a program so that it ends when its standard input is closed, however <c>up</c> ended, though the program itself does not look at
/// it. The program takes the place of the shell: its process id, its memory and its exit code are what <c>up</c> sees. What watches is a
/// child of it, and sends the signal only to its own parent: once that has ended, its number may be another's.
/// </summary>
internal static class EndsWithStdin
{
    /// <summary>The program to start.</summary>
    public const string Shell = "/bin/sh";

    private const string Script =
        """
        exec 3<&0
        (read -r _ <&3; exec /bin/sh -c '[ "$PPID" = "$1" ] && kill -s TERM "$1"' sh $$) >/dev/null 2>&1 &
        exec "$@" </dev/null 3<&-
        """;

    /// <summary>What the shell is given.</summary>
    /// <param name="program">The program to run.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string[] Arguments(string program, params string[] arguments) => ["-c", Script, "sh", program, .. arguments];
}
