using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ProductPage;

/// <summary>Where a platform shows a trace: an address with a place for the trace id.</summary>
/// <param name="Before">What stands before the id.</param>
/// <param name="After">What stands behind it.</param>
public sealed record TracePage(string Before, string After)
{
    private const string Place = "{id}";

    /// <summary>An id to try the address with.</summary>
    private static readonly string AnyId = new('0', 32);

    /// <summary>Reads <c>TRACE_PAGE_URL</c>.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns><see langword="null"/> when it is not set.</returns>
    /// <exception cref="InvalidSettingException">
    /// It is not an address by http or https with <c>{id}</c> once after the host, or has a user name or password.
    /// </exception>
    public static TracePage? Read(Settings settings)
    {
        if (settings.Text(SettingNames.TracePageUrl) is not { } text)
        {
            return null;
        }

        // The id must not be a part of the host: whatever it is, the link leads to the same one.
        if (text.Split(Place) is not [var before, var after]
            || !Uri.TryCreate(before, UriKind.Absolute, out var start)
            || !Uri.TryCreate($"{before}{AnyId}{after}", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https") || address.Port == 0 || address.Authority != start.Authority)
        {
            throw new InvalidSettingException(
                SettingNames.TracePageUrl, text,
                $"an address with {Place} once, after its host, such as http://localhost:16686/trace/{Place}");
        }

        InvalidSettingException.RequireNoUser(SettingNames.TracePageUrl, address, ", as every visitor sees it");
        return new TracePage(before, after);
    }
}
