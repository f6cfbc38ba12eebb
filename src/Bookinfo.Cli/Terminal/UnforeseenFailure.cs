namespace Bookinfo.Cli.Terminal;

/// <summary>Describes exceptions that no command has foreseen.</summary>
internal static class UnforeseenFailure
{
    /// <summary>Says in one line what happened and, where it is a bug in this program, what is needed to fix it.</summary>
    /// <param name="failure">The exception.</param>
    public static string Describe(Exception failure)
    {
        while (failure is AggregateException or TypeInitializationException && failure.InnerException is { } inner)
        {
            failure = inner;
        }

        var message = OneLine(failure.Message).TrimEnd('.');
        return failure is IOException or UnauthorizedAccessException
            ? $"{message}."
            : $"{message} ({failure.GetType().Name} {OneLine(failure.StackTrace?.TrimStart().Split('\n')[0] ?? "")}".TrimEnd()
                + "). This is a mistake in bookinfo: please report this line.";
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
