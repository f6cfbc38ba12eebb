using System.Text;
using System.Text.Unicode;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>The texts of headers. The server gives each byte of them as a character, so that what is passed on is what came in.</summary>
public static class HeaderText
{
    /// <summary>What a value of a header means whose characters are bytes: UTF-8 when it is that, and Latin-1 otherwise.</summary>
    /// <param name="value">The value.</param>
    public static string InUtf8(string value)
    {
        if (Ascii.IsValid(value))
        {
            return value;
        }

        var bytes = Encoding.Latin1.GetBytes(value);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }
}
