using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.Details;

/// <summary>The settings of details.</summary>
/// <param name="ExternalBookService">
/// The base address of the external book service (details-v2), or <see langword="null"/> to answer with the built-in book (details-v1).
/// </param>
public sealed record DetailsOptions(Uri? ExternalBookService)
{
    /// <summary>
    /// Reads <c>ENABLE_EXTERNAL_BOOK_SERVICE</c> (true or false, false when not set), <c>DO_NOT_ENCRYPT</c> (the same) and
    /// <c>EXTERNAL_BOOK_SERVICE_URL</c> (another base address than Google's, for tests and mirrors).
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static DetailsOptions Read(Settings settings)
    {
        var external = settings.Flag(SettingNames.EnableExternalBookService, standard: false);
        // The mesh originates TLS in the egress tutorials, so the service itself must be able to leave it out.
        var google = new Uri(
            settings.Flag(SettingNames.DoNotEncrypt, standard: false) ? "http://www.googleapis.com" : "https://www.googleapis.com");
        var address = settings.Address(SettingNames.ExternalBookServiceUrl) ?? google;
        return new DetailsOptions(external ? address : null);
    }
}
