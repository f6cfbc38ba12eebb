namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// A setting has a value that is not allowed. The message is one line that names the variable, the value and what is allowed.
/// </summary>
public sealed class InvalidSettingException : Exception
{
    /// <summary>For a variable whose value may be shown.</summary>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="value">Its value, shown in quotes.</param>
    /// <param name="allowed">What is allowed, to follow 'must be'.</param>
    public InvalidSettingException(string variable, string value, string allowed)
        : base($"{variable}='{Printable(value)}' is not allowed: it must be {allowed}.")
    {
    }

    /// <summary>For a variable whose value is a secret.</summary>
    /// <param name="message">A line that names the variable and what is allowed, and not the value.</param>
    public InvalidSettingException(string message)
        : base(message)
    {
    }

    /// <summary>Requires that an address has no user and no password. If it has, it is not shown.</summary>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="address">The address that is its value.</param>
    /// <param name="more">What else there is to say, to follow 'without a user and a password'.</param>
    /// <exception cref="InvalidSettingException">It has.</exception>
    public static void RequireNoUser(string variable, Uri address, string more)
    {
        if (address.UserInfo.Length > 0)
        {
            throw new InvalidSettingException($"{variable} is not allowed: it must be an address without a user and a password{more}.");
        }
    }

    private static string Printable(string value)
    {
        const int Longest = 100;
        // Whatever the variable is for, its value may be an address with a secret.
        value = AddressSecrets.HideAll(value);
        var line = new string([.. value.Take(Longest).Select(c => char.IsControl(c) ? '?' : c)]);
        return value.Length > Longest ? line + "..." : line;
    }
}
