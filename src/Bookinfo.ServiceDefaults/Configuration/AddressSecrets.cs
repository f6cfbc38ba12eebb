namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>Leaves out of a text what may be a secret in an address: a user with a password, and a query.</summary>
/// <remarks>It leaves out too much rather than too little: a password may contain any of the characters that end it.</remarks>
internal static class AddressSecrets
{
    private const string Delimiter = "://";
    private const string LeftOut = "...";

    /// <summary>Leaves out the user and the password of an address within a message.</summary>
    /// <param name="message">A message that may contain addresses with a scheme.</param>
    public static string HidePassword(string message)
    {
        var start = message.IndexOf(Delimiter, StringComparison.Ordinal);
        return start < 0 ? message : Hide(message, start + Delimiter.Length, message.LastIndexOf('@'));
    }

    /// <summary>Leaves out the user, the password and the query of what may be an address, with or without a scheme.</summary>
    /// <param name="value">The value of a setting.</param>
    public static string HideAll(string value)
    {
        var delimiter = value.IndexOf(Delimiter, StringComparison.Ordinal);
        var start = delimiter < 0 ? 0 : delimiter + Delimiter.Length;
        var (end, query) = (value.LastIndexOf('@'), value.IndexOf('?'));
        if (query < 0)
        {
            return Hide(value, start, end);
        }

        var shown = value[..(query + 1)];
        // An '@' behind the question mark may end a password or belong to the query.
        return (end > query ? shown[..Math.Min(start, shown.Length)] : Hide(shown, start, end)) + LeftOut;
    }

    private static string Hide(string text, int start, int end) =>
        end < start ? text : string.Concat(text.AsSpan(0, start), LeftOut, text.AsSpan(end));
}
